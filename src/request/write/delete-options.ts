// The options of a delete, from its body or its query, checked as k8s.io/apimachinery/pkg/apis/meta/v1/validation (1.36) checks them.

import { asString, dig, type JsonObject, strings } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { decodeDeleteOptions, hasOptionsBody } from '../decode/delete-options.ts';
import { type FieldError, invalid, invalidObject, notSupported } from '../fields/error.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import type { Serving } from '../server.ts';
import type { DeleteOptions } from './operation-options.ts';
import { dryRunErrors } from './options.ts';

/** Reads and checks the options of a delete. */
export function deleteOptions(request: ApiRequest, serving: Serving): Result<DeleteOptions, Refusal> {
  const source = decodeDeleteOptions(request, serving);
  if (!source.ok) return source;
  const { dryRun: _dryRun, ...query } = request.query;
  return readOptions(source.value, hasOptionsBody(request) ? { ...request, query } : request);
}

/** Reads options out of an object, as evictions carry them too. */
export function readOptions(source: JsonObject, request: ApiRequest): Result<DeleteOptions, Refusal> {
  const errors: FieldError[] = [];
  const { propagationPolicy: policy, orphanDependents: orphan, gracePeriodSeconds: seconds } = source;
  if (typeof orphan === 'boolean' && policy !== undefined)
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (policy !== undefined && policy !== null && !['Foreground', 'Background', 'Orphan'].includes(String(policy)))
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  const stated = strings(source.dryRun);
  if (stated.some((each) => each !== 'All')) errors.push(notSupported('dryRun', [...stated], ['All']));
  errors.push(...dryRunErrors(request));
  if (errors.length > 0) return failure(invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors));
  const uid = asString(dig(source, 'preconditions', 'uid'));
  const resourceVersion = asString(dig(source, 'preconditions', 'resourceVersion'));
  return ok({
    dryRun: isDryRun(request) || stated.includes('All'),
    ...(typeof seconds === 'number' ? { gracePeriodSeconds: seconds < 0 ? 1 : seconds } : {}),
    ...(typeof policy === 'string' ? { propagationPolicy: policy } : {}),
    ...(typeof orphan === 'boolean' ? { orphanDependents: orphan } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
}

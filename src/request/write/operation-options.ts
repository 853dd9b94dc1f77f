// The options of a write as admission sees them (CreateOptions, UpdateOptions and DeleteOptions of meta.k8s.io/v1, 1.36). Those of a patch are
// seen as the options of the update or create that it comes down to.

import type { JsonObject } from '../../lib/json.ts';
import type { ApiRequest } from '../request.ts';
import { option } from './options.ts';

const apiVersion = 'meta.k8s.io/v1';

/** Options of a create or an update. */
export function writeOptions(kind: 'CreateOptions' | 'UpdateOptions', request: ApiRequest): JsonObject {
  const dryRun = option(request, 'dryRun');
  const fieldManager = option(request, 'fieldManager') ?? '';
  const fieldValidation = option(request, 'fieldValidation') ?? '';
  return {
    kind,
    apiVersion,
    ...(dryRun === undefined ? {} : { dryRun: [dryRun] }),
    ...(fieldManager === '' ? {} : { fieldManager }),
    ...(fieldValidation === '' ? {} : { fieldValidation }),
  };
}

/** `metav1.DeleteOptions`, of the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun: boolean;
}

/** Options of a delete. */
export function removalOptions({ uid, resourceVersion, dryRun, ...rest }: DeleteOptions): JsonObject {
  const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return {
    kind: 'DeleteOptions',
    apiVersion,
    ...rest,
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
}

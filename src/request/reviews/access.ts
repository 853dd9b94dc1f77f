// Questions about access: SubjectAccessReview and its kin, and the rules that hold for whoever asks (authorization.k8s.io/v1, kube-apiserver 1.36).

import { rulesReview } from '../../identity/permissions.ts';
import { type ReviewForm, reviewFaults, reviewStatus } from '../../identity/subject-access-review.ts';
import { asObject, asString, dig } from '../../lib/json.ts';
import type { Observe } from '../admission/run.ts';
import { admit, validateAdmission } from '../admission/run.ts';
import type { Answer } from '../answer.ts';
import type { ApiRequest } from '../request.ts';
import { badRequest, internal, refused } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { Target } from '../target.ts';
import { setManagedFields } from '../write/managed-fields.ts';
import { managerName } from '../write/options.ts';
import type { Writing } from '../write/update.ts';
import { written } from '../write/written.ts';
import { attributesOf, decoded } from './asked.ts';

/** May somebody do something? */
export function accessReview(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  if (target.namespaced) metadataOf(object).namespace ??= target.namespace;
  setManagedFields(object, undefined, managerName(request), target, writing);
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const refusal = admit(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  const snapshot = writing.access?.();
  if (snapshot === undefined) return refused(internal('there is nobody to ask about access'));
  const form = formOf(target, request);
  const spec = object.spec;
  const faults = reviewFaults(spec, form, asObject(written(object, target).metadata));
  if (faults.length > 0) {
    const texts = faults.map(({ message, field: at }) => `${at}: ${message}`);
    const shown = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    // The server's own form of a review has no kind.
    const message = `.${target.group} "" is invalid: ${shown}`;
    const details = { group: target.group, causes: faults };
    return refused({ code: 422, reason: 'Invalid', message, details }, attributes.warnings);
  }
  const judged = validateAdmission(attributes, observe);
  if (judged !== undefined) return refused(judged, attributes.warnings);
  const { allowed, denied, reason, evaluationError } = reviewStatus(snapshot, spec, form);
  object.status = {
    allowed,
    ...(denied ? { denied } : {}),
    ...(reason === '' ? {} : { reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
  return { code: 201, object: written(object, target), warnings: attributes.warnings };
}

function formOf({ kind, namespace }: Target, { user }: ApiRequest): ReviewForm {
  if (kind === 'SelfSubjectAccessReview') return { kind, user };
  return kind === 'LocalSubjectAccessReview' ? { kind, namespace } : { kind: 'SubjectAccessReview' };
}

/** What may whoever asks do in a namespace? */
export function rulesReviewOf(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  const namespace = asString(dig(object, 'spec', 'namespace')) ?? '';
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const refusal = admit(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  if (namespace === '') return refused(badRequest('no namespace on request'), attributes.warnings);
  const judged = validateAdmission(attributes, observe);
  if (judged !== undefined) return refused(judged, attributes.warnings);
  const snapshot = writing.access?.();
  if (snapshot === undefined) return refused(internal('there is nobody to ask about access'));
  const found = rulesReview(snapshot, request.user, namespace);
  const filled = (entries: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, list]) => list.length > 0));
  const status = {
    resourceRules: found.resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) =>
      filled({ verbs, apiGroups, resources, resourceNames }),
    ),
    nonResourceRules: found.nonResourceRules.map(({ verbs, nonResourceURLs }) => filled({ verbs, nonResourceURLs })),
    incomplete: found.incomplete,
    ...(found.evaluationError === '' ? {} : { evaluationError: found.evaluationError }),
  };
  const { kind, apiVersion } = target;
  return { code: 201, object: { kind, apiVersion, metadata: {}, spec: {}, status }, warnings: attributes.warnings };
}

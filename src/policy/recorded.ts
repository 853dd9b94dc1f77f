// Requests as they were recorded: AdmissionReviews (admission.k8s.io/v1 and v1beta1) and audit events (audit.k8s.io/v1), as input for
// policies. An audit event has the object only from level Request on, and never the one before an update; what cannot be judged is said.

import { groupVersion, isKubeObject } from '../kube/object.ts';
import { asObject, asString, dig, field, isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { AdmissionInput, AdmissionOperation } from './admission.ts';
import { readUser, reviewInput } from './review-input.ts';

export interface RecordedRequest {
  readonly input: AdmissionInput;
  /** Whether it was let in when it was made; undefined where the record does not say. */
  readonly allowed: boolean | undefined;
  readonly time: string | undefined;
  /** The object before was not recorded: rules that compare with it cannot be trusted. */
  readonly withoutOld: boolean;
}

/** The request of a record; a text says why it cannot be judged; undefined where the value is no record of a request that changes anything. */
export function recordedRequest(value: unknown): RecordedRequest | string | undefined {
  if (!isObject(value)) return undefined;
  if (field(value, 'kind') === 'AdmissionReview') return fromReview(value);
  if (field(value, 'kind') === 'Event' && (asString(value.apiVersion) ?? '').startsWith('audit.k8s.io/')) return fromEvent(value);
  return undefined;
}

function fromReview(review: JsonObject): RecordedRequest | string | undefined {
  const input = reviewInput(asObject(review.request));
  if (input === undefined) return 'the review has no request';
  const allowed = dig(review, 'response', 'allowed');
  return { input, allowed: typeof allowed === 'boolean' ? allowed : undefined, time: undefined, withoutOld: false };
}

const verbs: Readonly<Record<string, AdmissionOperation | undefined>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
  delete: 'DELETE',
};

function fromEvent(event: JsonObject): RecordedRequest | string | undefined {
  const verb = asString(event.verb) ?? '';
  const operation = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  const reference = asObject(event.objectRef);
  if (operation === undefined || !isFinal(event) || asString(reference.resource) === undefined) return undefined;
  const text = (key: string) => asString(reference[key]) ?? '';
  const { requestObject, responseObject } = event;
  const code = dig(event, 'responseStatus', 'code');
  const allowed = typeof code === 'number' ? code < 400 : undefined;
  const written = [responseObject, ...(verb === 'patch' ? [] : [requestObject])].find(
    (object) => isKubeObject(object) && object.kind !== 'Status',
  );
  if (operation === 'DELETE' && written === undefined) return 'a delete without the object that was deleted';
  if (written === undefined)
    return requestObject === undefined ? 'the audit policy recorded no objects (level Metadata)' : 'a patch without the object it made';
  const object = written as Json;
  const { group, version } = { group: text('apiGroup'), version: text('apiVersion') };
  const own = groupVersion(asString(field(object, 'apiVersion')) ?? '');
  return {
    input: {
      operation,
      kind: { ...own, kind: asString(field(object, 'kind')) ?? '' },
      resource: { group, version, resource: text('resource') },
      subResource: text('subresource'),
      name: text('name') === '' ? (asString(dig(object, 'metadata', 'name')) ?? '') : text('name'),
      namespace: text('namespace'),
      object: operation === 'DELETE' ? null : object,
      oldObject: operation === 'DELETE' ? object : null,
      userInfo: readUser(event.impersonatedUser ?? event.user),
      dryRun: /[?&]dryRun=All/.test(asString(event.requestURI) ?? ''),
    },
    allowed,
    time: asString(event.requestReceivedTimestamp) ?? asString(event.stageTimestamp),
    withoutOld: operation === 'UPDATE',
  };
}

/** Each request has an event for every stage; the last one knows the answer. */
function isFinal({ stage }: JsonObject): boolean {
  return stage === undefined || stage === 'ResponseComplete' || stage === 'Panic';
}

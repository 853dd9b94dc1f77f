// The request of an AdmissionReview (k8s.io/api admission v1 and v1beta1, 0.36) as policies are asked about it. A webhook with matchPolicy
// Equivalent gets the objects in the version it is registered for: `kind` and `resource` say which, `requestKind` and `requestResource` as what
// the request was sent. Policies are matched by what was sent, as the API server matches its own; the objects are what `kind` says.

import { asObject, asString, field, type Json, type JsonObject, strings } from '../lib/json.ts';
import type { AdmissionInput, AdmissionOperation, GroupVersionResource, UserInfo } from './admission.ts';

export const operations: readonly AdmissionOperation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** Reads `request` of a review; undefined where its operation is none. */
export function reviewInput(request: JsonObject): AdmissionInput | undefined {
  const operation = operations.find((each) => each === request.operation);
  if (operation === undefined) return undefined;
  const text = (key: string) => asString(request[key]) ?? '';
  const [kind, resource] = [readKind(request.kind), readResource(request.resource)];
  const sent = { kind: readKind(request.requestKind ?? request.kind), resource: readResource(request.requestResource ?? request.resource) };
  const isConverted =
    sent.kind.group !== kind.group ||
    sent.kind.version !== kind.version ||
    sent.resource.group !== resource.group ||
    sent.resource.version !== resource.version ||
    sent.resource.resource !== resource.resource;
  return {
    operation,
    kind,
    resource,
    ...(isConverted && { sent }),
    subResource: text('subResource'),
    name: text('name'),
    namespace: text('namespace'),
    object: request.object ?? null,
    oldObject: request.oldObject ?? null,
    ...(request.options !== undefined && { options: request.options }),
    userInfo: readUser(request.userInfo),
    dryRun: request.dryRun === true,
  };
}

function readKind(value: Json | undefined): AdmissionInput['kind'] {
  const text = (key: string) => asString(field(value, key)) ?? '';
  return { group: text('group'), version: text('version'), kind: text('kind') };
}

function readResource(value: Json | undefined): GroupVersionResource {
  const text = (key: string) => asString(field(value, key)) ?? '';
  return { group: text('group'), version: text('version'), resource: text('resource') };
}

/** The UserInfo of a review or an audit event; what is not given is left out. */
export function readUser(value: Json | undefined): UserInfo {
  const extra = Object.fromEntries(Object.entries(asObject(field(value, 'extra'))).map(([key, list]) => [key, strings(list)]));
  const [username, uid] = [asString(field(value, 'username')), asString(field(value, 'uid'))];
  return {
    ...(username !== undefined && { username }),
    ...(uid !== undefined && { uid }),
    groups: strings(field(value, 'groups')),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

// The AdmissionReview that a webhook is sent (k8s.io/api/admission v1 and v1beta1, 0.36): the request in the version that the webhook asked for
// and in the one it was made in.

import { apiVersionOf } from '../../../kube/object.ts';
import { decode, encode } from '../../../kube/schema/defaults/decode.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { UserInfo } from '../../../policy/admission.ts';
import type { AdmissionRequest } from '../../../policy/admission-request.ts';
import type { Matched } from '../../../policy/match.ts';
import { convertWhole } from '../../write/convert.ts';
import { writtenUnstored } from '../../write/written.ts';
import type { Attributes } from '../plugin.ts';

/** The objects of a request in the version of a match; undefined where they cannot be converted. */
export interface Reviewed {
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
}

export function reviewedObjects({ object, old, target, serving }: Attributes, { kind }: Matched): Reviewed | undefined {
  const apiVersion = apiVersionOf(kind);
  const inVersion = (value: JsonObject | null): JsonObject | null | undefined => {
    if (value === null || apiVersion === target.kindVersion) return value;
    const converted = convertWhole(value, apiVersion, target, serving);
    const schema = target.type.kind === 'built-in' ? serving.server.release.schemaOf(apiVersion, kind.kind) : undefined;
    return converted === undefined || schema === undefined
      ? converted
      : (encode(decode(converted, schema), schema, { unstored: true, dropped: false }) as JsonObject);
  };
  const converted = inVersion(object === undefined ? null : structuredClone(writtenUnstored(object, target)));
  const oldObject = inVersion(old ?? null);
  return converted === undefined || oldObject === undefined ? undefined : { object: converted, oldObject };
}

/** The review, whose request has no UID yet. */
export function admissionReview(
  version: 'v1' | 'v1beta1',
  { input }: AdmissionRequest,
  matched: Matched,
  { object, oldObject }: Reviewed,
  dryRun: boolean,
): JsonObject {
  const { group, version: of, kind } = matched.kind;
  const { resource } = matched;
  const subResource = input.subResource;
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid: '',
      kind: { group, version: of, kind },
      resource: { group: resource.group, version: resource.version, resource: resource.resource },
      ...given('subResource', subResource),
      requestKind: { group: input.kind.group, version: input.kind.version, kind: input.kind.kind },
      requestResource: { group: input.resource.group, version: input.resource.version, resource: input.resource.resource },
      ...given('requestSubResource', subResource),
      ...given('name', input.name),
      ...given('namespace', input.namespace),
      operation: input.operation,
      userInfo: userInfo(input.userInfo),
      object,
      oldObject,
      dryRun,
      options: optionsOf(input.options),
    },
  };
}

function optionsOf(options: Json | undefined): Json {
  return options === undefined || (typeof options === 'object' && options !== null && Object.keys(options).length === 0) ? null : options;
}

function given(key: string, value: string): JsonObject {
  return value === '' ? {} : { [key]: value };
}

function userInfo({ username = '', uid = '', groups = [], extra = {} }: UserInfo): JsonObject {
  const keys = Object.keys(extra);
  return {
    ...given('username', username),
    ...given('uid', uid),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(keys.length === 0 ? {} : { extra: Object.fromEntries(keys.map((key) => [key, [...(extra[key] ?? [])]])) }),
  };
}

// A claim as NodeRestriction writes it into a diff: the server's internal type as Go's encoder writes it, whose own fields have the names of Go and
// are there also where they are empty; metadata lies flat in it (pkg/apis/core/types.go, Kubernetes 1.36).

import { asList, asObject, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { goSortedJson } from '../fields/go-text.ts';
import { metadataOrder } from '../fields/metadata-order.ts';

/** The text of a claim without what nodes may change, indented by one blank. */
export function claimText(claim: JsonObject): string {
  const metadata = asObject(claim.metadata);
  const spec = asObject(claim.spec);
  const status = asObject(claim.status);
  const resources = asObject(spec.resources);
  const some = (value: Json | undefined): Json => value ?? null;
  const reference = (value: Json | undefined, keys: readonly string[]): Json => {
    if (!isObject(value)) return null;
    const named = (key: string) => field(value, `${key[0]?.toLowerCase()}${key.slice(1)}`.replace('aPIGroup', 'apiGroup'));
    return Object.fromEntries(keys.map((key) => [key, named(key) ?? (key === 'Kind' || key === 'Name' ? '' : null)]));
  };
  const modify = isObject(status.modifyVolumeStatus) ? status.modifyVolumeStatus : undefined;
  const object: JsonObject = {
    ...flat(metadata),
    Spec: {
      AccessModes: some(spec.accessModes),
      Selector: selector(spec.selector),
      Resources: { Limits: sorted(resources.limits), Requests: sorted(resources.requests) },
      VolumeName: spec.volumeName ?? '',
      StorageClassName: some(spec.storageClassName),
      VolumeMode: some(spec.volumeMode),
      DataSource: reference(spec.dataSource, ['APIGroup', 'Kind', 'Name']),
      DataSourceRef: reference(spec.dataSourceRef, ['APIGroup', 'Kind', 'Name', 'Namespace']),
      VolumeAttributesClassName: some(spec.volumeAttributesClassName),
    },
    Status: {
      Phase: status.phase ?? '',
      AccessModes: some(status.accessModes),
      Capacity: null,
      Conditions: null,
      AllocatedResources: null,
      AllocatedResourceStatuses: null,
      CurrentVolumeAttributesClassName: some(status.currentVolumeAttributesClassName),
      ModifyVolumeStatus:
        modify === undefined
          ? null
          : { TargetVolumeAttributesClassName: modify.targetVolumeAttributesClassName ?? '', Status: modify.status ?? '' },
    },
  };
  return indented(object, '');
}

const leftOut = ['resourceVersion', 'managedFields'];
const order = metadataOrder.filter((name) => !leftOut.includes(name));

const owner = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'];

function flat(metadata: JsonObject): JsonObject {
  const owners = asList(metadata.ownerReferences).map((each) => inOrder(each, owner));
  const maps = { labels: sorted(metadata.labels), annotations: sorted(metadata.annotations), ownerReferences: owners };
  return asObject(inOrder({ ...metadata, ...maps }, order));
}

function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return false;
  return Array.isArray(value) ? value.length > 0 : !isObject(value) || Object.keys(value).length > 0;
}

/** Fields as they stand. */
function indented(value: Json, before: string): string {
  const inner = `${before} `;
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((item: Json) => inner + indented(item, inner)).join(',\n')}\n${before}]`;
  if (!isObject(value)) return goSortedJson(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  return `{\n${keys.map((key) => `${inner}${goSortedJson(key)}: ${indented(value[key] ?? null, inner)}`).join(',\n')}\n${before}}`;
}

/** The fields of a struct in its order, those that are there. */
function inOrder(value: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (isGiven(field(value, key)) ? [[key, field(value, key) ?? null]] : [])));
}

/** A map with its keys sorted. */
function sorted(value: Json | undefined): Json {
  if (!isObject(value)) return null;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, value[key] ?? null]));
}

function selector(value: Json | undefined): Json {
  if (!isObject(value)) return null;
  const terms = asList(value.matchExpressions).map((each) => inOrder(each, ['key', 'operator', 'values']));
  return {
    ...(isGiven(value.matchLabels) ? { matchLabels: sorted(value.matchLabels) } : {}),
    ...(terms.length > 0 ? { matchExpressions: terms } : {}),
  };
}

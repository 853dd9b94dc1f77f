// A Kubernetes object as it is written or served: plain JSON, every field kept, whether this program knows it or not.
// Kubernetes API conventions, "Types (Kinds)" and "Objects"; group/version/kind as in k8s.io/apimachinery schema.

import { asList, asObject, asString, field, isObject, type Json, type JsonObject, stringMap } from '../lib/json.ts';

/** An object: `apiVersion`, `kind` and `metadata` are there; everything else may have any shape. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: JsonObject;
  readonly [field: string]: Json | undefined;
}

/** An API group, version and kind. The core group is the empty string. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** True for JSON that names its apiVersion and kind, as every object must. */
export function isKubeObject(value: unknown): value is KubeObject {
  const apiVersion = field(value, 'apiVersion');
  const kind = field(value, 'kind');
  return typeof apiVersion === 'string' && apiVersion !== '' && typeof kind === 'string' && kind !== '';
}

/** Splits `apps/v1` into group and version; `v1` is version v1 of the core group. */
export function groupVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.lastIndexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/**
 * The apiVersion of a group and version.
 *
 * @example `apiVersionOf({ group: 'apps', version: 'v1' })` is `'apps/v1'`
 */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Group, version and kind of an object. */
export function groupVersionKind(object: KubeObject): GroupVersionKind {
  return { ...groupVersion(object.apiVersion), kind: object.kind };
}

/** `metadata.name`, else `metadata.generateName` with a star, else the empty string. */
export function nameOf(object: KubeObject): string {
  const name = asString(field(object.metadata, 'name'));
  if (name !== undefined) return name;
  const prefix = asString(field(object.metadata, 'generateName'));
  return prefix === undefined ? '' : `${prefix}*`;
}

/** `metadata.labels`; only string values. */
export function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  return stringMap(field(object.metadata, 'labels'));
}

/** `metadata.annotations`; only string values. */
export function annotationsOf(object: KubeObject): Readonly<Record<string, string>> {
  return stringMap(field(object.metadata, 'annotations'));
}

/** True for `List` and typed lists (`RoleList`, `PodList`, …): a kind ending in List with `items`. */
export function isList(object: KubeObject): boolean {
  return object.kind.endsWith('List') && Array.isArray(object.items);
}

/** An object of a list, with the pointer that leads to it inside the list's document. */
export interface ListItem {
  readonly object: KubeObject;
  readonly pointer: string;
}

/**
 * The objects a document holds: itself, or the items of a list, nested lists opened too. Items of a typed list may leave out
 * apiVersion and kind; the list's own say what they are. Members that are no objects are returned apart.
 */
export function objectsIn(object: KubeObject, depth = 0): { readonly items: readonly ListItem[]; readonly rejected: readonly string[] } {
  if (!isList(object) || depth > 8) return { items: [{ object, pointer: '' }], rejected: [] };
  const items: ListItem[] = [];
  const rejected: string[] = [];
  asList(object.items).forEach((member, index) => {
    const item = typed(member, object);
    if (item === undefined) {
      rejected.push(`/items/${index}`);
      return;
    }
    const inner = objectsIn(item, depth + 1);
    for (const found of inner.items) items.push({ object: found.object, pointer: `/items/${index}${found.pointer}` });
    for (const pointer of inner.rejected) rejected.push(`/items/${index}${pointer}`);
  });
  return { items, rejected };
}

function typed(member: Json, list: KubeObject): KubeObject | undefined {
  if (isKubeObject(member)) return member;
  const kind = list.kind.slice(0, -'List'.length);
  if (!isObject(member) || kind === '' || member.kind !== undefined) return undefined;
  return { ...asObject(member), apiVersion: list.apiVersion, kind };
}

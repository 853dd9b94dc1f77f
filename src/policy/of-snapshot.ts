// Admission over the objects of a snapshot: the ports answered from it, and each object as the request that would create it. Objects are
// decoded and defaulted as the API server does before admission; what other admission plugins would add is not there. The plural name of a
// custom kind whose definition is not in the snapshot is guessed as kubectl does.

import { type Atom, atomOf, customAtom } from '../kube/apply/atom.ts';
import { apiVersionOf, type GroupVersionKind, groupVersion, type KubeObject } from '../kube/object.ts';
import { applySchemaDefaults, pruneUnknown } from '../kube/schema/complete.ts';
import { withDefaults } from '../kube/schema/defaults/apply.ts';
import type { Release } from '../kube/schema/release.ts';
import { type CustomKind, type CustomVersion, customKind } from '../kube/schema/structural.ts';
import { asString, dig, type Json, type JsonObject } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { AdmissionContext, AdmissionInput, EquivalentResource, GroupVersionResource, UserInfo } from './admission.ts';
import { schemaType } from './cel/schema-type.ts';
import type { TypeSource } from './validating/type-check.ts';

export interface Kinds {
  readonly release: Release | undefined;
  readonly custom: readonly CustomKind[];
}

/** The kinds that a cluster of this release with the definitions of the snapshot serves. */
export function kindsOf(snapshot: Snapshot, release: Release | undefined): Kinds {
  const definitions = ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition');
  return { release, custom: definitions.flatMap(({ object }) => customKind(object as Json) ?? []) };
}

/** Ports over a snapshot. `assumed`: namespaces that count as existing though nobody wrote them down. */
export function snapshotContext(
  snapshot: Snapshot,
  kinds: Kinds,
  assumed: (name: string) => boolean = () => false,
): Required<Omit<AdmissionContext, 'authorize' | 'minor'>> {
  const namespaces = new Map(ofKind(snapshot, '', 'Namespace').map(({ name, object }) => [name, withOwnLabel(name, object)]));
  const all = (apiVersion: string, kind: string, namespace: string) =>
    ofKind(snapshot, groupVersion(apiVersion).group, kind).filter((resource) => resource.namespace === namespace);
  return {
    namespace: (name) => namespaces.get(name) ?? (assumed(name) ? withOwnLabel(name, { apiVersion: 'v1', kind: 'Namespace' }) : undefined),
    pods: (namespace) => all('v1', 'Pod', namespace).map(({ object }) => object),
    params: {
      scopeOf: (apiVersion, kind) => scopeOf(kinds, apiVersion, kind),
      get: (apiVersion, kind, namespace, name) => all(apiVersion, kind, namespace).find((resource) => resource.name === name)?.object,
      list: (apiVersion, kind, namespace) => all(apiVersion, kind, namespace).map(({ object }) => object),
    },
    equivalents: (resource, subResource) => equivalents(kinds, resource, subResource),
    convert: (object, kind) => converted(object, kind),
    typeOf: (kind) => typeOf(kinds, kind),
    complete: (object, kind) => ({ object: completed(kinds, object, kind) }),
  };
}

/** The label that the API server gives to every Namespace. */
function withOwnLabel(name: string, object: KubeObject): JsonObject {
  const metadata = { ...object.metadata, name };
  const labels = dig(object, 'metadata', 'labels');
  return { ...object, metadata: { ...metadata, labels: { ...(labels as JsonObject | undefined), 'kubernetes.io/metadata.name': name } } };
}

/** The request that creates an object; `user` makes it. */
export function creation({ object, group, version, kind, namespace, name }: Resource, kinds: Kinds, user: UserInfo = {}): AdmissionInput {
  const type = { group, version, kind };
  const metadata: JsonObject = { ...object.metadata, ...(namespace !== '' && { namespace }) };
  const isNamespace = group === '' && kind === 'Namespace';
  return {
    operation: 'CREATE',
    kind: type,
    resource: { group, version, resource: resourceName(kinds, type) },
    subResource: '',
    name: asString(metadata.name) ?? '',
    namespace: isNamespace ? name : namespace,
    object: completed(kinds, isNamespace ? (withOwnLabel(name, object) as Json) : { ...object, metadata }, type),
    oldObject: null,
    userInfo: user,
    dryRun: false,
  };
}

/** `deployments` for a Deployment. */
export function resourceName({ release, custom }: Kinds, { group, version, kind }: GroupVersionKind): string {
  const known = release?.resourceOf(apiVersionOf({ group, version }), kind)?.name;
  return known ?? custom.find((each) => each.group === group && each.kind === kind)?.plural ?? guessed(kind);
}

/** The plural that kubectl takes where it cannot ask (apimachinery, UnsafeGuessKindToResource). */
function guessed(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function customVersion({ custom }: Kinds, { group, version, kind }: GroupVersionKind): CustomVersion | undefined {
  const found = custom.find((each) => each.group === group && each.kind === kind);
  return found?.versions.find(({ name, served }) => served && name === version);
}

function scopeOf(kinds: Kinds, apiVersion: string, kind: string): 'Namespaced' | 'Cluster' | undefined {
  const { group, version } = groupVersion(apiVersion);
  const builtIn = kinds.release?.resourceOf(apiVersion, kind);
  const namespaced =
    builtIn?.namespaced ??
    (customVersion(kinds, { group, version, kind }) === undefined
      ? undefined
      : kinds.custom.find((each) => each.group === group && each.kind === kind)?.namespaced);
  return namespaced === undefined ? undefined : namespaced ? 'Namespaced' : 'Cluster';
}

/** The same objects in other versions of their group; events are in two groups. */
function equivalents({ release, custom }: Kinds, resource: GroupVersionResource, subResource: string): readonly EquivalentResource[] {
  const groups = resource.resource === 'events' ? ['', 'events.k8s.io'] : [resource.group];
  const path = subResource === '' ? resource.resource : `${resource.resource}/${subResource}`;
  const builtIn = (release?.apiVersions ?? [])
    .filter((apiVersion) => groups.includes(groupVersion(apiVersion).group))
    .flatMap((apiVersion): readonly EquivalentResource[] => {
      const found = release?.resources(apiVersion).find(({ name }) => name === path);
      if (found === undefined) return [];
      const kind = { ...groupVersion(found.kindVersion), kind: found.kind };
      return [{ resource: { ...groupVersion(apiVersion), resource: resource.resource }, kind }];
    });
  const own = custom.filter(({ group, plural }) => group === resource.group && plural === resource.resource);
  const versions = own.flatMap(({ group, kind, versions: list }) =>
    list
      .filter(({ served }) => served)
      .map(({ name: version }) => ({ resource: { ...resource, version }, kind: { group, version, kind } })),
  );
  return [...builtIn, ...versions];
}

/** Kinds have the same fields in all versions that one release serves, but for HorizontalPodAutoscaler, whose conversion is Go code. */
function converted(object: Json, kind: GroupVersionKind): Json | undefined {
  if (kind.kind === 'HorizontalPodAutoscaler') return undefined;
  return { ...(object as JsonObject), apiVersion: apiVersionOf(kind), kind: kind.kind };
}

/** True for a version that a cluster of this release serves, as far as the definitions are known; custom groups may be served elsewhere. */
export function isServed({ release, custom }: Kinds, { group, version, kind }: GroupVersionKind): boolean {
  if (release?.groups.has(group) !== true)
    return (
      !custom.some((each) => each.group === group && each.kind === kind) ||
      customVersion({ release, custom }, { group, version, kind }) !== undefined
    );
  return release.knows(apiVersionOf({ group, version }), kind);
}

function typeOf(kinds: Kinds, kind: GroupVersionKind): Atom | undefined {
  const schema = kinds.release?.schemaOf(apiVersionOf(kind), kind.kind);
  if (schema !== undefined) return atomOf(schema);
  const version = customVersion(kinds, kind);
  return version && customAtom(version.schema, kinds.release?.definition('meta.v1.ObjectMeta'), version.preservesUnknownFields);
}

/** An object decoded and defaulted. */
function completed(kinds: Kinds, object: Json, kind: GroupVersionKind): Json {
  const version = customVersion(kinds, kind);
  if (version !== undefined)
    return applySchemaDefaults(version.preservesUnknownFields ? object : pruneUnknown(object, version.schema).value, version.schema);
  const { release } = kinds;
  return ((release && withDefaults(object as KubeObject, release)) as Json | undefined) ?? object;
}

/** The types of kinds, for the type checker: built-in ones by the release, custom ones by their definitions. */
export function typeSource(kinds: Kinds): TypeSource {
  return {
    kindOf: ({ group, version, resource: name }) => {
      const served = kinds.release?.resources(apiVersionOf({ group, version })).find((each) => each.name === name);
      if (served !== undefined) return { group, version, kind: served.kind };
      const own = kinds.custom.find((each) => each.group === group && each.plural === name);
      return own && { group, version, kind: own.kind };
    },
    typeOf: (kind) => {
      const schema = kinds.release?.schemaOf(apiVersionOf(kind), kind.kind) ?? customVersion(kinds, kind)?.schema;
      return schema && schemaType(schema, kind.kind);
    },
  };
}

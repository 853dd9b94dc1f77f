// Everything a server serves: groups in the order of discovery, their versions with the preferred one first, resources with their
// subresources. Built-in groups as published, custom ones out of their definitions, remote ones out of APIServices that nobody answers for.
// Order as kube-aggregator 1.36 has it: by priority of the group, then by name; versions of custom groups by Kubernetes' comparison.

import { apiVersionOf } from '../../kube/object.ts';
import { asList, asNumber, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { type CustomResource, type CustomVersion, customResources } from './definitions.ts';
import type { Published } from './published.ts';

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Where it is not that of the resource: `autoscaling/v1` of scales. */
  readonly kindVersion: string;
  readonly verbs: readonly string[];
}

export interface ServedResource {
  readonly group: string;
  readonly version: string;
  /** Plural name. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  readonly storageVersionHash: string;
  readonly custom?: { readonly resource: CustomResource; readonly version: CustomVersion };
}

export interface ServedVersion {
  readonly version: string;
  /** `apps/v1`. */
  readonly groupVersion: string;
  readonly resources: readonly ServedResource[];
  /** False for an APIService whose server does not answer. */
  readonly available: boolean;
}

export interface ServedGroup {
  readonly group: string;
  readonly source: 'built-in' | 'custom' | 'remote';
  readonly versions: readonly ServedVersion[];
}

export interface Catalog {
  readonly core: ServedGroup;
  /** In the order of the aggregated document: custom groups of one priority by their names. */
  readonly groups: readonly ServedGroup[];
  /** In the order of the classic document: those of one priority by the names of their APIServices, `v1.cert-manager.io`. */
  readonly listed: readonly ServedGroup[];
  readonly group: (name: string) => ServedGroup | undefined;
  readonly resource: (group: string, version: string, resource: string) => ServedResource | undefined;
}

/** Bytes of a digest; given by whoever may compute one. */
export type Digest = (algorithm: 'sha256' | 'sha512', text: string) => Uint8Array;

/** What the server serves in this state. */
export function catalogOf(published: Published, state: State, digest: Digest): Catalog {
  const definitions = state.list({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' });
  const builtIn = published.groups.map((group) => builtInGroup(group, published));
  const core = published.core.map((group) => builtInGroup(group, published))[0] ?? { group: '', source: 'built-in', versions: [] };
  const custom = customGroups(customResources(byCreation(definitions)), digest);
  const known = new Set([...builtIn, ...custom].map(({ group }) => group));
  const services = state.list({ group: 'apiregistration.k8s.io', resource: 'apiservices' });
  const remote = remoteGroups(services.filter((service) => isObject(dig(service, 'spec', 'service')) && !known.has(groupOf(service))));
  const added = [...custom.map((group) => ({ group, priority: 1000, service: firstService(group) })), ...remote];
  const inOrder = (order: (a: Ranked, b: Ranked) => number) => [...builtIn, ...added.toSorted(order).map(({ group }) => group)];
  const groups = inOrder(byName);
  const listed = inOrder(byService);
  const named = new Map([core, ...groups].map((group) => [group.group, group] as const));
  const resources = new Map<string, ServedResource>();
  for (const { versions } of named.values())
    for (const { groupVersion, resources: list } of versions)
      for (const each of list) resources.set(`${groupVersion}/${each.resource}`, each);
  return {
    core,
    groups,
    listed,
    group: (name) => named.get(name),
    resource: (group, version, resource) => resources.get(`${group === '' ? '' : `${group}/`}${version}/${resource}`),
  };
}

interface Ranked {
  readonly group: ServedGroup;
  readonly priority: number;
  /** The APIService by which the group is listed. */
  readonly service: string;
}

function byName(a: Ranked, b: Ranked): number {
  return b.priority - a.priority || (a.group.group < b.group.group ? -1 : 1);
}

function byService(a: Ranked, b: Ranked): number {
  return b.priority - a.priority || (a.service < b.service ? -1 : 1);
}

/** Of the APIServices of a group the name that comes first. */
function firstService({ group, versions }: ServedGroup): string {
  return versions.map(({ version }) => `${version}.${group}`).sort()[0] ?? '';
}

/** By creation time; those of the same second by revision. */
function byCreation(definitions: readonly JsonObject[]): readonly JsonObject[] {
  const time = (each: JsonObject) => asString(dig(each, 'metadata', 'creationTimestamp')) ?? '';
  const revision = (each: JsonObject) => Number(dig(each, 'metadata', 'resourceVersion') ?? 0) || 0;
  return [...definitions].sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : revision(a) - revision(b)));
}

function builtInGroup(group: Json, published: Published): ServedGroup {
  const name = asString(dig(group, 'metadata', 'name')) ?? '';
  const versions = asList(field(group, 'versions')).map((entry): ServedVersion => {
    const version = asString(field(entry, 'version')) ?? '';
    const groupVersion = name === '' ? version : `${name}/${version}`;
    const resources = asList(field(entry, 'resources')).map((each): ServedResource => {
      const resource = asString(field(each, 'resource')) ?? '';
      const kind = asString(dig(each, 'responseKind', 'kind')) ?? '';
      return {
        group: name,
        version,
        resource,
        kind,
        listKind: `${kind}List`,
        singular: asString(field(each, 'singularResource')) ?? '',
        namespaced: field(each, 'scope') === 'Namespaced',
        verbs: strings(field(each, 'verbs')),
        shortNames: strings(field(each, 'shortNames')),
        categories: strings(field(each, 'categories')),
        subresources: asList(field(each, 'subresources')).map(readSubresource),
        storageVersionHash: asString(field(published.hashes, `${groupVersion}/${resource}`)) ?? '',
      };
    });
    return { version, groupVersion, resources, available: true };
  });
  return { group: name, source: 'built-in', versions };
}

function readSubresource(value: Json): Subresource {
  const group = asString(dig(value, 'responseKind', 'group')) ?? '';
  const version = asString(dig(value, 'responseKind', 'version')) ?? '';
  return {
    name: asString(field(value, 'subresource')) ?? '',
    kind: asString(dig(value, 'responseKind', 'kind')) ?? '',
    kindVersion: apiVersionOf({ group, version }),
    verbs: strings(field(value, 'verbs')),
  };
}

const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const subresourceVerbs = ['get', 'patch', 'update'];

function customGroups(customs: readonly CustomResource[], digest: Digest): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  for (const custom of customs)
    for (const version of custom.versions) {
      if (!version.served) continue;
      const versions = groups.get(custom.group) ?? new Map<string, ServedResource[]>();
      groups.set(custom.group, versions);
      const resources = versions.get(version.name) ?? [];
      versions.set(version.name, resources);
      resources.push(customResource(custom, version, digest));
    }
  return [...groups].map(([group, versions]) => ({
    group,
    source: 'custom' as const,
    versions: [...versions]
      .sort(([a], [b]) => compareVersions(a, b))
      .map(([version, resources]) => ({ version, groupVersion: `${group}/${version}`, resources, available: true })),
  }));
}

function customResource(custom: CustomResource, version: CustomVersion, digest: Digest): ServedResource {
  const { group, kind } = custom;
  const scale: Subresource = { name: 'scale', kind: 'Scale', kindVersion: 'autoscaling/v1', verbs: subresourceVerbs };
  return {
    group,
    version: version.name,
    resource: custom.plural,
    singular: custom.singular,
    kind,
    listKind: custom.listKind,
    namespaced: custom.namespaced,
    verbs: customVerbs,
    shortNames: custom.shortNames,
    categories: custom.categories,
    subresources: [
      ...(version.hasStatus ? [{ name: 'status', kind, kindVersion: `${group}/${version.name}`, verbs: subresourceVerbs }] : []),
      ...(version.scale === undefined ? [] : [scale]),
    ],
    storageVersionHash: base64(digest('sha256', `${group}/${custom.storageVersion}/${kind}`).subarray(0, 8)),
    custom: { resource: custom, version },
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function groupOf(service: JsonObject): string {
  return asString(dig(service, 'spec', 'group')) ?? '';
}

function remoteGroups(services: readonly JsonObject[]): readonly Ranked[] {
  const groups = new Map<string, JsonObject[]>();
  for (const service of services) groups.set(groupOf(service), [...(groups.get(groupOf(service)) ?? []), service]);
  return [...groups].map(([group, members]) => {
    const number = (service: JsonObject, key: string) => asNumber(dig(service, 'spec', key)) ?? 0;
    const versionOf = (service: JsonObject) => asString(dig(service, 'spec', 'version')) ?? '';
    const sorted = [...members].sort(
      (a, b) => number(b, 'versionPriority') - number(a, 'versionPriority') || compareVersions(versionOf(a), versionOf(b)),
    );
    const versions = sorted.map((service) => ({
      version: versionOf(service),
      groupVersion: `${group}/${versionOf(service)}`,
      resources: [],
      available: false,
    }));
    const served = { group, source: 'remote' as const, versions };
    const priority = Math.max(...members.map((service) => number(service, 'groupPriorityMinimum')));
    const leading = sorted.filter((service) => number(service, 'groupPriorityMinimum') === priority);
    return { group: served, priority, service: leading.map((service) => `${versionOf(service)}.${group}`).sort()[0] ?? '' };
  });
}

/**
 * Kubernetes' order of versions, the preferred one first: stable before beta before alpha, higher numbers first, other names last.
 *
 * @example `['v1', 'foo1', 'v10', 'v11beta2'].sort(compareVersions)` is `['v10', 'v1', 'v11beta2', 'foo1']`
 */
export function compareVersions(a: string, b: string): number {
  const one = versionParts(a);
  const other = versionParts(b);
  if (one === undefined || other === undefined) return one === other ? (a < b ? -1 : a > b ? 1 : 0) : one === undefined ? 1 : -1;
  for (const [index, part] of one.entries()) if (part !== other[index]) return (other[index] ?? 0) - part;
  return 0;
}

function versionParts(version: string): readonly number[] | undefined {
  const match = /^v([1-9][0-9]{0,9})(?:(alpha|beta)([1-9][0-9]{0,9}))?$/.exec(version);
  if (match === null) return undefined;
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

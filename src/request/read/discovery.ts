// Discovery documents: the classic ones of `/api`, `/apis`, a group and a version, and the aggregated one (apidiscovery.k8s.io/v2, KEP-3352).
// Fields and what is left out when empty as in kube-apiserver 1.36; `/api/v1` alone says no apiVersion.

import type { JsonObject } from '../../lib/json.ts';
import type { Catalog, ServedGroup, ServedResource, ServedVersion } from './catalog.ts';

/** `/api`; the address is what clients of the network 0.0.0.0/0 are told. */
export function apiVersions({ core }: Catalog, serverAddress: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: core.versions.map(({ version }) => version),
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`. */
export function groupList({ listed }: Catalog): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: listed.map(groupFields) };
}

/** `/apis/apps`. */
export function groupDocument(group: ServedGroup): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) };
}

function groupFields({ group, versions }: ServedGroup): JsonObject {
  const entries = versions.map(({ groupVersion, version }) => ({ groupVersion, version }));
  const [preferred] = entries;
  return { name: group, versions: entries, ...(preferred === undefined ? {} : { preferredVersion: preferred }) };
}

/** `/apis/apps/v1`, `/api/v1`. */
export function resourceList(group: ServedGroup, { groupVersion, resources }: ServedVersion): JsonObject {
  return {
    kind: 'APIResourceList',
    ...(group.group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: resources.flatMap((each) => [resourceEntry(each), ...subresourceEntries(each)]),
  };
}

function resourceEntry(resource: ServedResource): JsonObject {
  const { shortNames, categories, storageVersionHash } = resource;
  return {
    name: resource.resource,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: offeredVerbs(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(storageVersionHash === '' ? {} : { storageVersionHash }),
  };
}

/** While a definition is being deleted, discovery offers no more to make or change; changes are carried out all the same. */
function offeredVerbs({ verbs, custom }: ServedResource): readonly string[] {
  return custom?.resource.isEnding === true ? verbs.filter((verb) => !['create', 'patch', 'update'].includes(verb)) : verbs;
}

function subresourceEntries({ resource, namespaced, subresources, custom, group, version }: ServedResource): readonly JsonObject[] {
  return subresources.map(({ name, kind, kindVersion, verbs }) => {
    const slash = kindVersion.lastIndexOf('/');
    const isOwn = kindVersion === '' || (custom !== undefined && kindVersion === `${group}/${version}`);
    const where = { ...(slash < 0 ? {} : { group: kindVersion.slice(0, slash) }), version: kindVersion.slice(slash + 1) };
    return { name: `${resource}/${name}`, singularName: '', namespaced, ...(isOwn ? {} : where), kind, verbs };
  });
}

/** The aggregated document of `/api` (the core group alone) or `/apis`. */
export function aggregatedDiscovery(groups: readonly ServedGroup[]): JsonObject {
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items: groups.map(aggregatedGroup) };
}

function aggregatedGroup({ group, versions }: ServedGroup): JsonObject {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(({ version, resources, available }) => ({
      version,
      ...(resources.length === 0 ? {} : { resources: resources.map(aggregatedResource) }),
      freshness: available ? 'Current' : 'Stale',
    })),
  };
}

function aggregatedResource(resource: ServedResource): JsonObject {
  const { group, version, kind, shortNames, categories, subresources, custom } = resource;
  return {
    resource: resource.resource,
    responseKind: custom === undefined ? { group: '', version: '', kind } : { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: offeredVerbs(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((each) => ({
            subresource: each.name,
            responseKind: { ...split(each.kindVersion), kind: each.kind },
            verbs: each.verbs,
          })),
        }),
  };
}

function split(groupVersion: string): { readonly group: string; readonly version: string } {
  const slash = groupVersion.lastIndexOf('/');
  return { group: slash < 0 ? '' : groupVersion.slice(0, slash), version: groupVersion.slice(slash + 1) };
}

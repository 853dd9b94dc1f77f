// What a server of another release serves, out of what one of 1.36 says of itself: group versions and resources that the release does not have
// are left out, those it had on by default and 1.36 has no more are added. What stays 1.36's: hashes of storage versions, columns of tables, the text
// of OpenAPI documents, the bootstrap roles.

import { groupVersion } from '../../kube/object.ts';
import { asList, asObject, asString, field, type Json, type JsonObject } from '../../lib/json.ts';
import { isServed, type Server } from '../server.ts';
import type { Published } from './published.ts';

/** The same data as a server of another release would have it. */
export function publishedFor(published: Published, server: Server): Published {
  const { release } = server;
  const [, minor = ''] = release.minor.split('.');
  const [, known = ''] = published.release.split('.');
  if (minor === known && server.runtimeConfig.size === 0 && server.gates.size === 0) return published;
  const version = {
    ...published.version,
    minor,
    emulationMinor: minor,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${release.minor}.0`,
  };
  const kept = published.groups.flatMap((group) => groupFor(group, server));
  const names = new Set(kept.map(groupName));
  const added = [...release.groups]
    .filter((name) => name !== '' && !names.has(name))
    .flatMap((name) => groupFor({ metadata: { name }, versions: [] }, server));
  const groups = [...kept, ...added];
  const paths = [...new Set([...published.paths.filter((path) => isThere(path, groups)), ...groups.flatMap(pathsOf)])].sort();
  const core = published.core.flatMap((group) => groupFor(group, server));
  const columns = new Map([...published.columns, ...groups.flatMap((group) => columnsFor(group, published))]);
  return { ...published, release: `${release.minor}.0`, version, core, groups, paths, columns };
}

/** Resources of versions that are no more have the columns of those that are. */
function columnsFor(group: JsonObject, { columns }: Published) {
  const name = groupName(group);
  return asList(group.versions).flatMap((each) =>
    asList(field(each, 'resources')).flatMap((resource) => {
      const own = asString(field(resource, 'resource')) ?? '';
      const id = `${name}/${asString(field(each, 'version')) ?? ''}/${own}`;
      const other = columns.has(id) ? undefined : [...columns].find(([key]) => key.startsWith(`${name}/`) && key.endsWith(`/${own}`));
      return other === undefined ? [] : [[id, other[1]] as const];
    }),
  );
}

function groupName(group: Json): string {
  return asString(field(field(group, 'metadata'), 'name')) ?? '';
}

function groupFor(group: Json, server: Server): readonly JsonObject[] {
  const name = groupName(group);
  const { release } = server;
  const full = (version: string) => (name === '' ? version : `${name}/${version}`);
  const own = asList(field(group, 'versions')).flatMap((each): readonly JsonObject[] => {
    const version = asString(field(each, 'version')) ?? '';
    const there = new Set(release.resources(full(version)).map((resource) => resource.name));
    const resources = asList(field(each, 'resources')).filter((resource) => there.has(asString(field(resource, 'resource')) ?? ''));
    return resources.length === 0 ? [] : [{ ...asObject(each), resources }];
  });
  const listed = new Set(own.map(({ version }) => version));
  const more = release.apiVersions
    .filter((apiVersion) => groupVersion(apiVersion).group === name && !listed.has(groupVersion(apiVersion).version))
    .flatMap((apiVersion) => versionOf(apiVersion, server));
  const versions = [...own, ...more];
  return versions.length === 0 ? [] : [{ ...asObject(group), versions }];
}

/** A version that 1.36 does not serve, from the resources the release has. */
function versionOf(apiVersion: string, server: Server): readonly JsonObject[] {
  const all = server.release.resources(apiVersion).filter(({ name }) => isServed(server, apiVersion, name));
  const kindOf = (kind: string) => ({ group: '', version: '', kind });
  const resources = all
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs, shortNames, categories }): JsonObject => {
      const inner = all.filter((each) => each.name.startsWith(`${name}/`));
      const subresources = inner.map((each) => ({
        subresource: each.name.slice(name.length + 1),
        responseKind: kindOf(each.kind),
        verbs: each.verbs,
      }));
      return {
        resource: name,
        responseKind: kindOf(kind),
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: kind.toLowerCase(),
        verbs,
        ...(shortNames.length === 0 ? {} : { shortNames }),
        ...(categories.length === 0 ? {} : { categories }),
        ...(subresources.length === 0 ? {} : { subresources }),
      };
    });
  return resources.length === 0 ? [] : [{ version: groupVersion(apiVersion).version, resources, freshness: 'Current' }];
}

function pathsOf(group: JsonObject): readonly string[] {
  const root = `/apis/${groupName(group)}`;
  return [root, ...asList(group.versions).map((each) => `${root}/${asString(field(each, 'version')) ?? ''}`)];
}

/** Paths of groups go with their groups; all others stay. */
function isThere(path: string, groups: readonly JsonObject[]): boolean {
  return !/^\/apis\/./.test(path) || groups.some((group) => pathsOf(group).includes(path));
}

// The resources one release serves, from the paths of its OpenAPI document; short names and categories from its discovery documents.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedResource, EncodedResources } from '../../src/kube/schema/encoding.ts';

interface Operation {
  readonly 'x-kubernetes-action'?: string;
  readonly 'x-kubernetes-group-version-kind'?: { readonly group: string; readonly version: string; readonly kind: string };
}

const operationVerbs: Readonly<Record<string, string>> = {
  get: 'get',
  list: 'list',
  post: 'create',
  put: 'update',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deletecollection',
};
/** What a connect request is to the authorizer and to discovery, by HTTP method. */
const connectVerbs: Readonly<Record<string, string>> = { get: 'get', post: 'create', put: 'update', patch: 'patch', delete: 'delete' };
const path = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(\/watch)?(\/namespaces\/\{namespace\})?\/([^/{]+)(?:\/\{name\})?(?:\/([a-z]+))?$/;

interface Collected {
  kind: string;
  kindVersion: string;
  namespaced: boolean;
  readonly verbs: Set<string>;
}

/** Resources by API version and name, subresources as `pods/status`. Names that this release does not say are taken from `newer`. */
export function resourcesOf(folder: string, newer: Readonly<Record<string, EncodedResources>>): Record<string, EncodedResources> {
  const swagger: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
    readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8'),
  );
  const found = new Map<string, Map<string, Collected>>();
  for (const [text, operations] of Object.entries(swagger.paths)) {
    const match = path.exec(text);
    if (match === null) continue;
    const [, core, group, version, watch, namespaced, resource = '', subresource] = match;
    const apiVersion = core ?? `${group}/${version}`;
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    for (const [method, operation] of Object.entries(operations)) {
      const action = operation['x-kubernetes-action'];
      const verb =
        watch !== undefined
          ? 'watch'
          : action === 'connect'
            ? connectVerbs[method]
            : action === undefined
              ? undefined
              : operationVerbs[action];
      const named = operation['x-kubernetes-group-version-kind'];
      if (verb === undefined || named === undefined) continue;
      const group = found.get(apiVersion) ?? new Map<string, Collected>();
      const entry = group.get(name) ?? { kind: '', kindVersion: '', namespaced: false, verbs: new Set<string>() };
      entry.kind = named.kind;
      entry.kindVersion = named.group === '' ? named.version : `${named.group}/${named.version}`;
      if (namespaced !== undefined) entry.namespaced = true;
      entry.verbs.add(verb);
      group.set(name, entry);
      found.set(apiVersion, group);
    }
  }
  const names = discoveredNames(folder);
  const encoded: Record<string, EncodedResources> = {};
  for (const apiVersion of [...found.keys()].sort()) {
    const resources: Record<string, EncodedResource> = {};
    for (const [name, entry] of [...(found.get(apiVersion) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const known = names.get(`${apiVersion}/${name}`) ?? namesIn(newer, apiVersion, name);
      resources[name] = {
        kind: entry.kind,
        ...(entry.kindVersion === apiVersion ? {} : { kindVersion: entry.kindVersion }),
        namespaced: entry.namespaced,
        verbs: [...entry.verbs].sort().join(' '),
        ...(known.shortNames === undefined ? {} : { shortNames: known.shortNames }),
        ...(known.categories === undefined ? {} : { categories: known.categories }),
      };
    }
    encoded[apiVersion] = resources;
  }
  return encoded;
}

type Names = Pick<EncodedResource, 'shortNames' | 'categories'>;

function discoveredNames(folder: string): ReadonlyMap<string, Names> {
  const found = new Map<string, Names>();
  if (!existsSync(join(folder, 'api/discovery/api__v1.json'))) return found;
  for (const file of globSync('api/discovery/api*__*__v*.json', { cwd: folder }).concat('api/discovery/api__v1.json')) {
    const list: { groupVersion: string; resources: readonly (Names & { readonly name: string })[] } = JSON.parse(
      readFileSync(join(folder, file), 'utf8'),
    );
    for (const { name, shortNames, categories } of list.resources ?? [])
      found.set(`${list.groupVersion}/${name}`, {
        ...(shortNames === undefined ? {} : { shortNames }),
        ...(categories === undefined ? {} : { categories }),
      });
  }
  return found;
}

function namesIn(newer: Readonly<Record<string, EncodedResources>>, apiVersion: string, name: string): Names {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/') + 1) : '';
  const same = Object.keys(newer).filter((other) => other === apiVersion || (group !== '' && other.startsWith(group)));
  for (const other of [apiVersion, ...same]) {
    const known = newer[other]?.[name];
    if (known !== undefined)
      return {
        ...(known.shortNames === undefined ? {} : { shortNames: known.shortNames }),
        ...(known.categories === undefined ? {} : { categories: known.categories }),
      };
  }
  return {};
}

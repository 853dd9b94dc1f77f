// What a path leads to on a server: a resource of a built-in or custom kind, or nothing. Custom kinds are looked up in the stored
// CustomResourceDefinitions, whose names are made of plural and group, so that a new definition takes effect at once.

import { type RequestInfo, requestInfo } from '../identity/request-info.ts';
import { groupVersion } from '../kube/object.ts';
import type { ServedResource } from '../kube/schema/release.ts';
import type { Schema } from '../kube/schema/schema.ts';
import { type CustomKind, type CustomVersion, customKind } from '../kube/schema/structural.ts';
import { asList, asObject, field, type JsonObject } from '../lib/json.ts';
import type { Answer } from './answer.ts';
import { conditionStatus } from './custom/conditions.ts';
import { versionDeprecation } from './read/deprecation.ts';
import type { ApiRequest } from './request.ts';
import { isServed, type Server, type Serving } from './server.ts';
import { noSuchResource, notFound, refused } from './status.ts';
import { definitions, type GroupResource } from './store/state.ts';

export interface Target extends GroupResource {
  readonly info: RequestInfo;
  /** `apps/v1`. */
  readonly apiVersion: string;
  readonly version: string;
  readonly subresource: string;
  readonly kind: string;
  /** API version of the kind; another than the resource's for bodies of some subresources. */
  readonly kindVersion: string;
  readonly namespaced: boolean;
  /** Of the path; '' for cluster-scoped resources. */
  readonly namespace: string;
  /** Of the path; '' where it names none. */
  readonly name: string;
  readonly verbs: readonly string[];
  readonly type: BuiltInType | CustomType;
}

export interface BuiltInType {
  readonly kind: 'built-in';
  readonly schema: Schema;
}

export interface CustomType {
  readonly kind: 'custom';
  readonly definition: JsonObject;
  readonly custom: CustomKind;
  readonly version: CustomVersion;
  /** `openAPIV3Schema` as it is written. */
  readonly source: JsonObject;
  /** Why the version is deprecated, where it is. */
  readonly deprecation: string | undefined;
  /** True while the definition is being deleted: nothing new is made then. */
  readonly isEnding: boolean;
}

/** The target as the bodies of its requests are read: those of the scale of a custom resource are Scales. */
export function bodyTarget(target: Target, { server }: Serving): Target {
  if (target.type.kind !== 'custom' || target.subresource !== 'scale') return target;
  const schema = server.release.schemaOf('autoscaling/v1', 'Scale');
  if (schema === undefined) return target;
  return { ...target, kind: 'Scale', kindVersion: 'autoscaling/v1', type: { kind: 'built-in', schema } };
}

const pageNotFound: Answer = { code: 404, text: '404 page not found\n', warnings: [] };

/** Finds the resource a request is about, or the 404 there is instead. */
export function targetOf(request: ApiRequest, serving: Serving): Target | Answer {
  return targetOfInfo(requestInfo(request.method, `${request.path}${queryText(request)}`), serving);
}

/** The same of a request that is read already. */
export function targetOfInfo(info: RequestInfo, serving: Serving): Target | Answer {
  if (!info.isResourceRequest || info.resource === '') return pageNotFound;
  const apiVersion = info.apiGroup === '' ? info.apiVersion : `${info.apiGroup}/${info.apiVersion}`;
  const found = builtIn(info, apiVersion, serving) ?? custom(info, apiVersion, serving);
  if (found !== undefined && found.namespaced === (found.namespace === '') && needsNamespace(info)) return refused(noSuchResource());
  if (found !== undefined) return hasSubresource(found) ? found : refused(notFound(found, found.name), deprecationOf(found));
  return isGroupServed(info.apiGroup, serving.server) ? refused(noSuchResource()) : pageNotFound;
}

function isGroupServed(group: string, server: Server): boolean {
  const { apiVersions, resources } = server.release;
  return apiVersions.some((each) => groupVersion(each).group === group && resources(each).some(({ name }) => isServed(server, each, name)));
}

function deprecationOf({ type }: Target): readonly string[] {
  return type.kind === 'custom' && type.deprecation !== undefined ? [type.deprecation] : [];
}

/** Custom resources have a status and a scale where their definition says so, and nothing else. */
function hasSubresource({ subresource, type, version }: Target): boolean {
  if (type.kind !== 'custom' || subresource === '') return true;
  if (subresource === 'status') return type.version.statusSubresource;
  const { spec } = type.definition;
  const own = asList(field(spec, 'versions')).find((each) => field(each, 'name') === version);
  return (
    subresource === 'scale' && (field(field(own, 'subresources'), 'scale') ?? field(field(spec, 'subresources'), 'scale')) !== undefined
  );
}

function needsNamespace(info: RequestInfo): boolean {
  return info.verb === 'create' || info.name !== '';
}

/** The query as part of a URL, where what is asked for depends on it. */
export function queryText({ method, query }: ApiRequest): string {
  const keys = method === 'GET' || method === 'DELETE' ? Object.keys(query) : [];
  return keys.length === 0 ? '' : `?${new URLSearchParams(query)}`;
}

function builtIn(info: RequestInfo, apiVersion: string, { server }: Serving): Target | undefined {
  const { release } = server;
  const name = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  const served = resourceNamed(release.resources(apiVersion), name);
  if (served === undefined || !isServed(server, apiVersion, info.resource)) return undefined;
  // Options of connections have no published schema.
  const schema = release.schemaOf(served.kindVersion, served.kind) ?? (served.kind.endsWith('Options') ? {} : undefined);
  if (schema === undefined) return undefined;
  return { ...common(info, apiVersion), ...kindOf(served), type: { kind: 'built-in', schema } };
}

const byName = new WeakMap<readonly ServedResource[], ReadonlyMap<string, ServedResource>>();

function resourceNamed(resources: readonly ServedResource[], name: string): ServedResource | undefined {
  let index = byName.get(resources);
  if (index === undefined) {
    index = new Map(resources.map((resource) => [resource.name, resource]));
    byName.set(resources, index);
  }
  return index.get(name);
}

function kindOf({ kind, kindVersion, namespaced, verbs }: ServedResource) {
  return { kind, kindVersion, namespaced, verbs };
}

function common(info: RequestInfo, apiVersion: string) {
  const { apiGroup: group, apiVersion: version, resource, subresource, name } = info;
  // A Namespace is in none, though its requests are authorized as if it were in itself.
  const namespace = group === '' && resource === 'namespaces' ? '' : info.namespace;
  return { info, apiVersion, group, version, resource, subresource, namespace, name };
}

const customVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function custom(info: RequestInfo, apiVersion: string, { state }: Serving): Target | undefined {
  if (info.apiGroup === '') return undefined;
  const definition = state.get(definitions, '', `${info.resource}.${info.apiGroup}`);
  const type = definition === undefined ? undefined : customType(definition, info.apiVersion);
  if (type === undefined) return undefined;
  const { kind, namespaced } = type.custom;
  return { ...common(info, apiVersion), kind, kindVersion: apiVersion, namespaced, verbs: customVerbs, type };
}

const customTypes = new WeakMap<JsonObject, Map<string, CustomType | undefined>>();

/** One served version of a stored definition; kept beside the definition. */
export function customType(definition: JsonObject, version: string): CustomType | undefined {
  let known = customTypes.get(definition);
  if (known === undefined) {
    known = new Map();
    customTypes.set(definition, known);
  }
  if (!known.has(version)) known.set(version, readType(definition, version));
  return known.get(version);
}

function readType(definition: JsonObject, name: string): CustomType | undefined {
  const custom = customKind(definition);
  const version = custom?.versions.find((each) => each.name === name && each.served);
  if (custom === undefined || version === undefined || conditionStatus(definition, 'Established') === 'False') return undefined;
  const versions = asList(field(definition.spec, 'versions'));
  const written = versions.find((each) => field(each, 'name') === name);
  const source = asObject(field(field(written, 'schema'), 'openAPIV3Schema'));
  const deprecation = versionDeprecation(custom.group, custom.kind, written, versions);
  const isEnding = conditionStatus(definition, 'Terminating') === 'True';
  return { kind: 'custom', definition, custom, version, source, deprecation, isEnding };
}

// What a server answers outside of its resources: discovery, OpenAPI, version, health, the issuer's documents. Paths as go-restful and the
// server's own mux match them (kube-apiserver 1.36): a trailing slash is forgiven in discovery, an unknown group is plain text, an unknown
// version of a known group a Status.

import type { JsonObject } from '../../lib/json.ts';
import { methodNotAllowed, noSuchResource } from '../status.ts';
import { type Form, isOffered, mediaTypes, negotiate } from './accept.ts';
import type { Catalog } from './catalog.ts';
import { aggregatedDiscovery, apiVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { type OpenApi, openApiIndex } from './openapi.ts';
import { openApiV2 } from './openapi-v2.ts';
import { openApiV2Protobuf, protobufDocument } from './openapi-v2-protobuf.ts';
import type { Published } from './published.ts';
import { first, type Query } from './query.ts';
import { notAcceptable, notRepresented, objectReply, pageNotFound, type Reply, refusalReply, textReply } from './reply.ts';

/** What a server knows of itself beside its objects. */
export interface About {
  readonly published: Published;
  readonly catalog: Catalog;
  /** Asked for when a document is wanted. */
  readonly openApi: () => OpenApi;
  /** `192.0.2.1:6443`. */
  readonly address: string;
  readonly issuer: string;
  /** The body of `/openid/v1/jwks`. */
  readonly keys: JsonObject;
  readonly metrics: () => string;
}

export interface PathRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: Query;
  readonly accept: string;
}

/** The answer to a request that is for no resource. */
export function answerPath(request: PathRequest, about: About): Reply {
  const { path } = request;
  if (path === '/api' || path === '/api/' || path.startsWith('/api/')) return discovery(request, about, path.slice('/api'.length), true);
  if (path === '/apis' || path.startsWith('/apis/')) return discovery(request, about, path.slice('/apis'.length), false);
  if (path === '/openapi/v2') return olderOpenApi(request, about);
  if (path === '/openapi/v3' || path.startsWith('/openapi/v3/')) return openApi(request, about);
  const [, health = '', check = ''] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? [];
  if (health !== '') return healthOf(request, about, health, check);
  if (/^\/\.well-known\/openid-configuration\/?$/.test(path)) return issuerReply(request, issuerDocument(about), 'application/json');
  if (/^\/openid\/v1\/jwks\/?$/.test(path)) return issuerReply(request, about.keys, 'application/jwk-set+json');
  switch (path) {
    case '/':
      return indented({ paths: rootPaths(about) });
    case '/version':
    case '/version/':
      if (request.method !== 'GET') return refusalReply(methodNotAllowed());
      return isOffered(request.accept, ['application/json']) ? indented(about.published.version) : notJson(request.accept);
    case '/metrics':
      return textReply(about.metrics(), 200, 'text/plain; version=0.0.4; charset=utf-8');
    case '/debug/flags/v':
      return textReply('unsupported http method\n', 406, 'text/plain');
    default:
      return pageNotFound();
  }
}

/** A 406 in the form the client can read. */
function notJson(accept: string): Reply {
  return refusalReply(notRepresented(['application/json']), negotiate(accept, () => false)?.type);
}

/** Documents that are always written in lines. */
function indented(object: JsonObject): Reply {
  return { ...objectReply(object), isIndented: true };
}

/** What an issuer publishes, in one media type and by GET alone. */
function issuerReply({ method, accept }: PathRequest, document: JsonObject, type: string): Reply {
  if (method !== 'GET') return refusalReply(methodNotAllowed());
  if (!isOffered(accept, [type])) return refusalReply(notRepresented([type]));
  return { ...objectReply(document, type), headers: { 'cache-control': 'public, max-age=3600' } };
}

function issuerDocument({ issuer, address }: About): JsonObject {
  return {
    issuer,
    jwks_uri: `https://${address}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** The paths that `/` lists: the published ones, and those of custom and remote groups. */
function rootPaths({ published, catalog }: About): readonly string[] {
  const added = catalog.groups
    .filter(({ source }) => source !== 'built-in')
    .flatMap(({ group, versions }) => [`/apis/${group}`, ...versions.map(({ groupVersion }) => `/apis/${groupVersion}`)]);
  return [...new Set([...published.paths, ...added])].sort();
}

function isAggregated({ kind, group, version }: Form): boolean {
  return kind === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2';
}

function discovery(request: PathRequest, about: About, rest: string, isCore: boolean): Reply {
  const { catalog } = about;
  const steps = rest.replace(/^\//, '').replace(/\/$/, '').split('/');
  const isRoot = steps.length === 1 && steps[0] === '';
  const [groupName = '', versionName] = isCore ? ['', ...steps] : steps;
  const group = isCore ? catalog.core : catalog.group(groupName);
  const version = group?.versions.find((each) => each.version === versionName);
  if (!isRoot && group === undefined) return pageNotFound();
  if (!isRoot && group?.source === 'remote' && versionName !== undefined) return textReply('service unavailable\n', 503);
  if (!isRoot && versionName !== undefined && (version === undefined || steps.length > (isCore ? 1 : 2)))
    return group?.source === 'custom' ? pageNotFound() : refusalReply(noSuchResource());
  // The core's documents and those of built-in versions go through the router, which looks at method and header first.
  const isRouted = isCore || (group?.source === 'built-in' && versionName !== undefined);
  if (isRouted && request.method !== 'GET') return refusalReply(methodNotAllowed());
  if (isRouted && !isOffered(request.accept, mediaTypes)) return refusalReply(notRepresented(mediaTypes));
  const accepted = negotiate(request.accept, isRoot && rest === '' ? isAggregated : () => false);
  if (accepted === undefined) return refusalReply(notAcceptable(mediaTypes));
  if (accepted.form !== undefined) {
    const type = `${accepted.type};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`;
    return { ...objectReply(aggregatedDiscovery(isCore ? [catalog.core] : catalog.groups), type), headers: { 'cache-control': 'public' } };
  }
  if (isRoot) return objectReply(isCore ? apiVersions(catalog, about.address) : groupList(catalog), accepted.type);
  if (group === undefined) return pageNotFound();
  if (version === undefined) return objectReply(groupDocument(group), accepted.type);
  return objectReply(resourceList(group, version), accepted.type);
}

const openApiV2Types: readonly string[] = ['application/json', '*/*', 'application/*'];

function olderOpenApi({ accept }: PathRequest, about: About): Reply {
  const types = accept.split(',').map((clause) => clause.split(';')[0]?.trim() ?? '');
  const isJson = accept === '' || types.some((type) => openApiV2Types.includes(type));
  if (!isJson && types.includes(openApiV2Protobuf)) {
    const bytes = protobufDocument(openApiV2(about.openApi(), minorOf(about.published.release)));
    return { ...textReply('', 200, openApiV2Protobuf.replace('@', '.')), bytes };
  }
  if (!isJson) return { ...textReply('', 406), contentType: '', headers: { 'cache-control': 'no-cache, private', vary: 'Accept' } };
  return objectReply(openApiV2(about.openApi(), minorOf(about.published.release)));
}

function minorOf(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}

function openApi({ path, query, accept }: PathRequest, about: About): Reply {
  const known = about.openApi();
  if (path === '/openapi/v3') return { ...objectReply(openApiIndex(known)), contentType: 'text/plain; charset=utf-8' };
  const name = path.slice('/openapi/v3/'.length);
  const text = known.documents.get(name);
  const hash = known.hashes.get(name) ?? '';
  if (text === undefined) return { ...textReply('', 404), contentType: '' };
  const types = accept.split(',').map((clause) => clause.split(';')[0]?.trim() ?? '');
  if (accept !== '' && !types.some((type) => openApiV2Types.includes(type)))
    return { ...textReply('', 406), contentType: '', headers: { 'cache-control': 'no-cache, private', vary: 'Accept' } };
  const wanted = first(query, 'hash');
  if (wanted !== undefined && wanted !== hash) {
    const location = `/openapi/v3/${name}?hash=${hash}`;
    return {
      code: 301,
      contentType: 'application/json',
      headers: { 'cache-control': 'no-cache, private', location },
      text: '',
      warnings: [],
    };
  }
  const kept = wanted === undefined ? 'no-cache, private' : 'public, immutable';
  const headers = { 'cache-control': kept, etag: `"${hash}"`, vary: 'Accept', 'accept-ranges': 'bytes' };
  return { ...textReply(text, 200, 'application/json'), headers };
}

/** Health: every check passes, since nothing stands behind it. `verbose` and `exclude` as the server's own. */
function healthOf({ query }: PathRequest, { published }: About, health: string, check: string): Reply {
  const checks = published.paths.filter((path) => path.startsWith(`/${health}/`)).map((path) => path.slice(health.length + 2));
  if (check !== '') return checks.includes(check) ? textReply('ok') : pageNotFound();
  if (!query.has('verbose')) return textReply('ok');
  const excluded = new Set(query.get('exclude') ?? []);
  const lines = inOrder(checks).map((each) => (excluded.has(each) ? `[+]${each} excluded: ok` : `[+]${each} ok`));
  const strange = [...excluded].filter((each) => !checks.includes(each)).map((each) => JSON.stringify(each));
  const warnings = strange.length === 0 ? [] : [`warn: some health checks cannot be excluded: no matches for ${strange.join(',')}`];
  return textReply(`${[...lines, ...warnings, `${health} check passed`].join('\n')}\n`);
}

/** The order in which the server's parts add their checks. */
const checkOrder: readonly string[] = [
  'ping',
  'log',
  'loopback-serving-certificate',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/peer-endpoint-reconciler-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-kube-apiserver-identity-lease-garbage-collector',
  'poststarthook/storage-readiness',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
  'shutdown',
];

function inOrder(checks: readonly string[]): readonly string[] {
  const rank = (check: string) => checkOrder.indexOf(check);
  return [...checks].sort((a, b) => rank(a) - rank(b));
}

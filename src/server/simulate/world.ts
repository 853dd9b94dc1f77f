// A simulated server's world: the store and what is derived from it, kept until a write makes it old: what is served, the OpenAPI documents,
// the snapshots that authorization is decided over.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { loadFieldNumbers, type Protobuf } from '../../kube/protobuf/layout.ts';
import { safeLetters } from '../../kube/safe-letters.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Release } from '../../kube/schema/release.ts';
import { contains, parseAddress, parseCidr } from '../../lib/cidr.ts';
import { asString, dig, field, type JsonObject } from '../../lib/json.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import type { PluginConfiguration } from '../../request/admission/configuration.ts';
import type { EventLimits } from '../../request/admission/event-rate-limit.ts';
import { type Catalog, catalogOf, type Digest } from '../../request/read/catalog.ts';
import { type FlowSchemas, flowGroup, flowSchemasOf } from '../../request/read/flow-schemas.ts';
import { stocked } from '../../request/read/object-state.ts';
import { type OpenApi, openApiOf, readDocuments } from '../../request/read/openapi.ts';
import { bootstrapObjects, loadPublished, type Published, packedDocuments } from '../../request/read/published.ts';
import { publishedFor } from '../../request/read/published-for.ts';
import { provedRelease } from '../../request/semantics.ts';
import { apiServer, type Server, usualPlugins } from '../../request/server.ts';
import { serviceRangesOf } from '../../request/services/ranges.ts';
import type { Circumstances, GroupResource } from '../../request/store/state.ts';
import type { Change, Store } from '../../request/store/store.ts';
import type { Writing } from '../../request/write/update.ts';
import { resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { checkSignature } from '../../sources/signatures.ts';
import { type Clock, systemClock } from './clock.ts';
import { createManifests, isNew, type Refused } from './manifests.ts';
import { issuer } from './service-account-tokens.ts';

export interface World {
  readonly store: Store;
  readonly clock: Clock;
  readonly published: Published;
  readonly catalog: () => Catalog;
  readonly openApi: () => OpenApi;
  /** What RBAC is decided over; with everything else for nodes, whose rights depend on it. */
  readonly snapshot: (whole?: boolean) => Snapshot;
  readonly writing: () => Writing;
  readonly release: Release;
  readonly protobuf: Protobuf;
  /** Which flow schema a request belongs to. */
  readonly flow: () => FlowSchemas;
  /** Objects of manifests that the server would not take, and what it says. */
  readonly refused: readonly Refused[];
  /** Objects whose kind nobody knows. */
  readonly unknown: readonly JsonObject[];
}

const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest();
const definitionGroups: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);
const rbacGroup = 'rbac.authorization.k8s.io';

export interface WorldOptions {
  readonly kubernetesVersion?: string;
  /** The revision of the last write of a state that is taken up again. */
  readonly revision?: number;
  /** Names of the admission plugins that are on. */
  readonly plugins?: ReadonlySet<string>;
  readonly configuration?: PluginConfiguration;
  readonly eventLimits?: EventLimits;
  /** Feature gates and API versions that are not as the release has them. */
  readonly features?: Pick<Server, 'gates' | 'runtimeConfig'>;
  readonly clock?: Clock;
}

/** The world of these objects, with what every new server makes for itself where they do not bring it. */
export async function makeWorld(
  objects: readonly KubeObject[],
  prepare: (world: World) => { readonly settle: () => void } = () => ({ settle() {} }),
  {
    kubernetesVersion: minor = provedRelease,
    features,
    revision = 0,
    plugins = usualPlugins,
    configuration,
    eventLimits,
    clock = systemClock,
  }: WorldOptions = {},
): Promise<World> {
  const [release, numbers] = [await loadSchemas(minor), await loadFieldNumbers()];
  if (release === undefined) throw new Error(`the schemas of ${minor} are missing`);
  const server = apiServer(release, {
    audiences: [issuer],
    plugins,
    ...(configuration === undefined ? {} : { configuration }),
    ...features,
    ...serviceRanges(objects),
  });
  const published = publishedFor(await loadPublished(), server);
  const bootstrap = await bootstrapObjects(timestamp(), randomUUID);
  const given = new Set(objects.map(identity));
  const kept = bootstrap.filter((object) => !given.has(identity(object)));
  const all = [...kept, ...namespacesOf(objects, [...kept, ...objects]), ...objects.filter((object) => !isNew(object)).map(asStored)];
  const own = new Set<JsonObject>(kept);
  const { store, unknown: unserved } = stocked(published, all, { revision: Math.max(1, revision), keepsRevisions: true });
  const unknown = unserved.filter((object) => !own.has(object));
  let packed: JsonObject | undefined;
  const text = await packedDocuments();
  const documents = () => {
    packed ??= readDocuments(brotliDecompressSync(Buffer.from(text, 'base64')).toString());
    return packed;
  };
  let catalog: Catalog | undefined;
  let openApi: OpenApi | undefined;
  let rights: Snapshot | undefined;
  let whole: Snapshot | undefined;
  let flow: FlowSchemas | undefined;
  store.subscribe(({ resource: { group } }: Change) => {
    whole = undefined;
    if (definitionGroups.has(group)) {
      catalog = undefined;
      openApi = undefined;
    }
    if (group === rbacGroup) rights = undefined;
    if (group === flowGroup) flow = undefined;
  });
  const currentCatalog = () => {
    catalog ??= catalogOf(published, store, digest);
    return catalog;
  };
  const limits = eventLimits === undefined ? {} : { eventLimits };
  const writing = () => ({
    server,
    state: store,
    store,
    checkSignature,
    fieldNumbers: numbers,
    circumstances: circumstances(clock),
    ...limits,
  });
  const world: World = {
    store,
    clock,
    published,
    release,
    protobuf: { release, numbers },
    flow() {
      flow ??= flowSchemasOf(store);
      return flow;
    },
    unknown,
    catalog: currentCatalog,
    openApi() {
      openApi ??= openApiOf(documents(), currentCatalog(), digest);
      return openApi;
    },
    snapshot(isWhole = false) {
      rights ??= snapshotOf(store, rbacResources, minor);
      if (!isWhole) return rights;
      whole ??= snapshotOf(store, allResources(currentCatalog()), minor);
      return whole;
    },
    writing,
    refused: [],
  };
  const { settle } = prepare(world);
  const refused = createManifests(world, objects.filter(isNew), settle);
  store.compact(store.revision());
  return { ...world, refused };
}

const ownRange = '10.0.0.0/16';

/** The ranges of the cluster that the objects are of; where they do not say them, addresses they name elsewhere are taken as inside. */
function serviceRanges(objects: readonly KubeObject[]): Pick<Server, 'serviceClusterIpRanges' | 'serviceRangesKnown'> {
  const { ranges, known } = serviceRangesOf(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }));
  if (known) return { serviceClusterIpRanges: ranges, serviceRangesKnown: true };
  const range = parseCidr(ownRange);
  const isOutside = ({ kind, spec }: KubeObject) => {
    const address = kind === 'Service' ? parseAddress(asString(field(spec, 'clusterIP')) ?? '') : undefined;
    return address !== undefined && range !== undefined && !contains(range, address);
  };
  return { serviceClusterIpRanges: [ownRange], serviceRangesKnown: !objects.some(isOutside) };
}

/** Namespaces that objects stand in and nothing defines. */
function namespacesOf(objects: readonly KubeObject[], all: readonly JsonObject[]): readonly JsonObject[] {
  const known = new Set(
    all.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1').map((each) => dig(each, 'metadata', 'name')),
  );
  const named = new Set(objects.flatMap(({ metadata }) => asString(metadata?.namespace) ?? []));
  return [...named]
    .filter((name) => name !== '' && !known.has(name))
    .map((name) =>
      asStored({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      }),
    );
}

/** Now, in whole seconds. */
export function timestamp(now = Date.now()): string {
  return rfc3339(now);
}

function circumstances({ now }: Clock): Circumstances {
  const suffix = (length: number) => safeLetters(randomBytes(length));
  return { now: timestamp(now()), uid: randomUUID, suffix };
}

/** Objects of manifests get what a stored object has: a UID and a time of creation. */
function asStored(object: KubeObject): JsonObject {
  const { uid, creationTimestamp, ...metadata } = object.metadata ?? {};
  return {
    ...object,
    metadata: { ...metadata, uid: asString(uid) ?? randomUUID(), creationTimestamp: asString(creationTimestamp) ?? timestamp() },
  };
}

function identity(object: JsonObject): string {
  const group = (asString(object.apiVersion) ?? '').split('/').slice(0, -1).join('/');
  return JSON.stringify([group, object.kind, dig(object, 'metadata', 'namespace') ?? '', dig(object, 'metadata', 'name')]);
}

const rbacResources: readonly GroupResource[] = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map((plural) => ({
  group: rbacGroup,
  resource: plural,
}));

function allResources({ core, groups }: Catalog): readonly GroupResource[] {
  const found = [core, ...groups].flatMap(({ versions }) => versions.flatMap(({ resources }) => resources));
  return [...new Map(found.map((each) => [`${each.group}/${each.resource}`, { group: each.group, resource: each.resource }])).values()];
}

function snapshotOf(store: Store, resources: readonly GroupResource[], minor: string): Snapshot {
  const objects = resources.flatMap((each) => store.list(each)).filter(isKubeObject);
  return snapshot({
    resources: objects.map((object) => resource(object, { kind: 'memory' })),
    facts: { kubernetesVersion: minor, versionKnown: true, live: false },
  });
}

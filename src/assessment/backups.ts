// Volume claims, the databases that hold them, and the backups that cover them. Claims are those that are objects and those that
// StatefulSets make of templates. A Velero Schedule covers a namespace by its include and exclude lists, and an object by its label selector.

import { selects } from '../kube/label-selector.ts';
import { asList, asString, dig, field, type Json, stringMap, strings } from '../lib/json.ts';
import { find, ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { labels } from './nodes.ts';
import { written } from './words.ts';

export interface Claim {
  readonly namespace: string;
  /** Of a template: `data of StatefulSet db`. */
  readonly name: string;
  readonly resource: Resource;
  /** Undefined where none is named: the default class is used. */
  readonly storageClass: string | undefined;
  readonly modes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the volume it is bound to. */
  readonly volume: string | undefined;
}

/** Claims that are there or will be made. Those a template has made already stand for themselves. */
export function claimsOf(snapshot: Snapshot): readonly Claim[] {
  return claimIndex(snapshot).all;
}

interface ClaimIndex {
  readonly all: readonly Claim[];
  readonly byNamespace: ReadonlyMap<string, readonly Claim[]>;
}

const claimIndexes = new WeakMap<Snapshot, ClaimIndex>();

function claimIndex(snapshot: Snapshot): ClaimIndex {
  let index = claimIndexes.get(snapshot);
  if (index === undefined) {
    const all = readClaims(snapshot);
    index = { all, byNamespace: Map.groupBy(all, ({ namespace }) => namespace) };
    claimIndexes.set(snapshot, index);
  }
  return index;
}

function readClaims(snapshot: Snapshot): readonly Claim[] {
  const found = ofKind(snapshot, '', 'PersistentVolumeClaim').map((resource) =>
    claim(resource, resource.name, resource.object, labels(resource)),
  );
  const names = new Set(found.map(({ namespace, name }) => `${namespace}/${name}`));
  for (const resource of ofKind(snapshot, 'apps', 'StatefulSet'))
    for (const template of asList(dig(resource.object, 'spec', 'volumeClaimTemplates'))) {
      const name = asString(dig(template, 'metadata', 'name')) ?? '';
      if (names.has(`${resource.namespace}/${name}-${resource.name}-0`)) continue;
      found.push(claim(resource, `${name} of StatefulSet ${resource.name}`, template, stringMap(dig(template, 'metadata', 'labels'))));
    }
  return found;
}

function claim(resource: Resource, name: string, object: unknown, own: Readonly<Record<string, string>>): Claim {
  const spec = field(object, 'spec');
  return {
    namespace: resource.namespace,
    name,
    resource,
    storageClass: asString(field(spec, 'storageClassName')),
    modes: strings(field(spec, 'accessModes')),
    labels: own,
    volume: asString(field(spec, 'volumeName')),
  };
}

/** The claims that a workload's pods mount, made by its templates or named. */
export function claimsOfWorkload(snapshot: Snapshot, workload: Resource): readonly Claim[] {
  const mounted = new Set(
    workload.pods.flatMap(({ volumes }) => volumes.flatMap(({ spec }) => asString(dig(spec, 'persistentVolumeClaim', 'claimName')) ?? [])),
  );
  const templates = asList(dig(workload.object, 'spec', 'volumeClaimTemplates')).map(
    (template) => asString(dig(template, 'metadata', 'name')) ?? '',
  );
  const prefixes = templates.map((name) => `${name}-${workload.name}-`);
  const own = claimIndex(snapshot).byNamespace.get(workload.namespace) ?? [];
  return own.filter(
    (one) =>
      one.resource === workload ||
      mounted.has(one.name) ||
      prefixes.some((prefix) => one.name.startsWith(prefix) && /^\d+$/.test(one.name.slice(prefix.length))),
  );
}

/** The volume of a claim, and the zone it is pinned to. */
export function volumeOf(
  snapshot: Snapshot,
  { volume }: Claim,
): { readonly resource: Resource; readonly zones: readonly string[]; readonly nodes: readonly string[] } | undefined {
  const resource = volume === undefined ? undefined : find(snapshot, '', 'PersistentVolume', '', volume);
  if (resource === undefined) return undefined;
  const terms = asList(dig(resource.object, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms'));
  const of = (...keys: readonly string[]) =>
    terms.flatMap((term) =>
      asList(field(term, 'matchExpressions')).flatMap((one: Json) =>
        keys.includes(asString(field(one, 'key')) ?? '') && field(one, 'operator') === 'In' ? strings(field(one, 'values')) : [],
      ),
    );
  return {
    resource,
    zones: of(
      'topology.kubernetes.io/zone',
      'failure-domain.beta.kubernetes.io/zone',
      'topology.gke.io/zone',
      'topology.ebs.csi.aws.com/zone',
      'topology.disk.csi.azure.com/zone',
    ),
    nodes: of('kubernetes.io/hostname'),
  };
}

/** True where a tool that makes backups is among the objects. */
export function hasBackup(snapshot: Snapshot): boolean {
  return ofKind(snapshot, 'velero.io', 'Schedule').length > 0 || backupTools(snapshot).length > 0;
}

/** Other tools whose objects say that backups are made. */
const tools: readonly (readonly [string, string])[] = [
  ['config.kio.kasten.io', 'Policy'],
  ['gemini.fairwinds.com', 'SnapshotGroup'],
  ['snapscheduler.backube', 'SnapshotSchedule'],
  ['k8up.io', 'Schedule'],
  ['longhorn.io', 'RecurringJob'],
  ['volsync.backube', 'ReplicationSource'],
  ['stash.appscode.com', 'BackupConfiguration'],
];

function backupTools(snapshot: Snapshot): readonly Resource[] {
  return tools.flatMap(([group, kind]) => ofKind(snapshot, group, kind));
}

/** What covers a claim: a schedule of Velero, an object of another tool in its namespace. Undefined where nothing that was seen does. */
export function backupOf(snapshot: Snapshot, claim: Claim): string | undefined {
  const schedule = ofKind(snapshot, 'velero.io', 'Schedule').find(
    ({ object }) => covers(dig(object, 'spec', 'template'), claim) && dig(object, 'spec', 'paused') !== true,
  );
  if (schedule !== undefined) return `Velero Schedule ${schedule.name}`;
  const other = backupTools(snapshot).find(
    ({ namespace, kind, object }) =>
      (namespace === claim.namespace && kind !== 'RecurringJob') || (kind === 'RecurringJob' && dig(object, 'spec', 'task') === 'backup'),
  );
  return other === undefined ? undefined : `${other.kind} ${other.name}`;
}

function covers(template: unknown, { namespace, labels: own }: Claim): boolean {
  const included = strings(field(template, 'includedNamespaces'));
  if (included.length > 0 && !included.includes('*') && !included.includes(namespace)) return false;
  if (strings(field(template, 'excludedNamespaces')).includes(namespace)) return false;
  const kinds = strings(field(template, 'includedResources'));
  if (kinds.length > 0 && !kinds.includes('*') && !kinds.some((kind) => /^(?:persistentvolumeclaims|pvc)$/.test(kind))) return false;
  if (strings(field(template, 'excludedResources')).some((kind) => /^(?:persistentvolume(?:claim)?s|pvc?)$/.test(kind))) return false;
  if (field(template, 'snapshotVolumes') === false && field(template, 'defaultVolumesToFsBackup') !== true) return false;
  const selector = field(template, 'labelSelector');
  return selector === undefined || selects(selector, own);
}

const databases =
  /(?:^|\/)(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|cassandra|couchdb|influxdb|elasticsearch|opensearch|clickhouse|cockroach|etcd|rabbitmq|kafka|zookeeper|neo4j|minio|vault|consul|timescaledb|percona)(?:[-_](?:server|community|alpine|ha))?(?:[:@]|$)/;

/** Stores that are caches as often as not: databases where they are StatefulSets. */
const caches = /(?:^|\/)(?:redis|valkey)(?:[-_](?:server|alpine|ha))?(?:[:@]|$)/;

/** True where an image of the workload is a database by its name. */
export function isDatabase({ kind, pods }: Resource): boolean {
  if (kind === 'Job' || kind === 'CronJob') return false;
  const holds = (image: string) => databases.test(image) || (kind === 'StatefulSet' && caches.test(image));
  return pods.some(({ containers }) => containers.some(({ role, image }) => role === 'normal' && holds(image ?? '')));
}

/** The newest object by a time in it. */
export function newest(
  resources: readonly Resource[],
  ...path: readonly string[]
): { readonly resource: Resource; readonly time: number } | undefined {
  let best: { readonly resource: Resource; readonly time: number } | undefined;
  for (const resource of resources) {
    const time = Date.parse(asString(dig(resource.object, ...path)) ?? '');
    if (Number.isFinite(time) && (best === undefined || time > best.time)) best = { resource, time };
  }
  return best;
}

/** Workloads that hold state: StatefulSets, and what mounts a claim. */
export function statefulWorkloads(snapshot: Snapshot): readonly Resource[] {
  return written(snapshot).filter(
    (one) =>
      one.kind !== 'Job' &&
      one.kind !== 'CronJob' &&
      (one.kind === 'StatefulSet' ||
        one.pods.some(({ volumes }) => volumes.some(({ spec }) => field(spec, 'persistentVolumeClaim') !== undefined))),
  );
}

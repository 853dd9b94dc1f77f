// StatefulSets and DaemonSets, played: their pods one after the other or one a node, and the revisions that `kubectl rollout` looks at. A new
// template replaces pods as partitions and availability allow (pkg/controller/{statefulset,daemon}, 1.36). Claims are not made, and a DaemonSet
// that may surge replaces its pods as one that may not.

import { asNumber, asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { daemonNodes, daemonTolerations } from '../../../request/scheduling/daemons.ts';
import { revisionHash, revisionName, templatePatch } from '../../../request/template-hash/hash.ts';
import {
  counts,
  dropPod,
  hashOf,
  isGoing,
  isReady,
  keep,
  make,
  makePod,
  nameOf,
  ownedBy,
  ownerReference,
  pods,
  type Stage,
  wantedOf,
} from './stage.ts';

const revisions = { group: 'apps', resource: 'controllerrevisions' };

/** What a set was like, for `kubectl rollout history` and `undo`: a new revision, or an old one that is the newest again. */
function keepRevision(stage: Stage, set: JsonObject, controller: string, name: string, hash = name): void {
  const { store } = stage.world;
  const known = ownedBy(stage, revisions, set);
  const numberOf = (each: JsonObject) => asNumber(each.revision) ?? 0;
  const latest = Math.max(0, ...known.map(numberOf));
  const now = store.get(revisions, stage.namespace, name);
  if (now !== undefined && numberOf(now) < latest) store.put(revisions, stage.namespace, name, { ...now, revision: latest + 1 });
  if (now !== undefined) return;
  const label = controller === 'daemon-set-controller' ? 'controller-revision-hash' : 'controller.kubernetes.io/hash';
  const { annotations } = asObject(set.metadata);
  const labels = { ...asObject(dig(set, 'spec', 'template', 'metadata', 'labels')), [label]: hash.slice(hash.lastIndexOf('-') + 1) };
  make(stage, controller, 'apps/v1', 'controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, labels, ...(annotations === undefined ? {} : { annotations }), ownerReferences: [ownerReference(set)] },
    data: templatePatch(set),
    revision: latest + 1,
  });
}

const statefulSets = { group: 'apps', resource: 'statefulsets' };
const revisionLabel = 'controller-revision-hash';

function revisionOf(pod: JsonObject): string {
  return asString(dig(pod, 'metadata', 'labels', revisionLabel)) ?? '';
}

export function playStatefulSet(stage: Stage, set: JsonObject): void {
  const update = revisionName(nameOf(set), revisionHash(templatePatch(set)));
  keepRevision(stage, set, 'statefulset-controller', update);
  const told = asString(dig(set, 'status', 'currentRevision')) ?? update;
  const old = stage.world.store.get(revisions, stage.namespace, told);
  const current = old === undefined ? update : told;
  const strategy = asObject(dig(set, 'spec', 'updateStrategy'));
  const partition = asNumber(dig(strategy, 'rollingUpdate', 'partition')) ?? 0;
  const start = asNumber(dig(set, 'spec', 'ordinals', 'start')) ?? 0;
  const names = Array.from({ length: wantedOf(set) }, (_, index) => `${nameOf(set)}-${start + index}`);
  if (
    fill(stage, set, names, (index) =>
      strategy.type === 'RollingUpdate' && index < partition ? { revision: current, old } : { revision: update },
    )
  )
    if (!shrink(stage, set, new Set(names)) && strategy.type !== 'OnDelete') renew(stage, set, names.slice(partition), update);
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  const updated = found.filter((pod) => revisionOf(pod) === update).length;
  const isDone = strategy.type !== 'OnDelete' && [updated, ready, found.length].every((count) => count === names.length);
  keep(stage, statefulSets, set, {
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    replicas: found.length,
    ...counts({
      readyReplicas: ready,
      currentReplicas: isDone ? updated : found.filter((pod) => revisionOf(pod) === current).length,
      updatedReplicas: updated,
    }),
    availableReplicas: ready,
    currentRevision: isDone ? update : current,
    updateRevision: update,
    collisionCount: 0,
  });
}

function isParallel(set: JsonObject): boolean {
  return dig(set, 'spec', 'podManagementPolicy') === 'Parallel';
}

interface Version {
  readonly revision: string;
  /** The revision whose template it is, where that is not the set's own. */
  readonly old?: JsonObject | undefined;
}

/** Makes pods that are missing, one after the other is ready unless they may come all at once; true where nothing has to be waited for. */
function fill(stage: Stage, set: JsonObject, names: readonly string[], versionOf: (index: number) => Version): boolean {
  for (const [index, name] of names.entries()) {
    const there = stage.world.store.get(pods, stage.namespace, name);
    if (there !== undefined) {
      if (!isParallel(set) && (isGoing(there) || !isReady(there))) return false;
      continue;
    }
    const { revision, old } = versionOf(index);
    const labels = {
      'apps.kubernetes.io/pod-index': name.slice(name.lastIndexOf('-') + 1),
      [revisionLabel]: revision,
      'statefulset.kubernetes.io/pod-name': name,
    };
    const subdomain = asString(dig(set, 'spec', 'serviceName')) ?? '';
    const spec = { hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
    const metadata = { name, generateName: `${nameOf(set)}-`, labels };
    const template = dig(old, 'data', 'spec', 'template') ?? dig(set, 'spec', 'template');
    if (makePod(stage, 'statefulset-controller', set, metadata, spec, template) !== undefined || !isParallel(set)) return false;
  }
  return true;
}

/** Takes away pods beyond those that are wanted, the last one first; true where there were some. */
function shrink(stage: Stage, set: JsonObject, names: ReadonlySet<string>): boolean {
  const extra = ownedBy(stage, pods, set).filter((pod) => !names.has(nameOf(pod)));
  const ordinal = (pod: JsonObject) => Number(nameOf(pod).slice(nameOf(pod).lastIndexOf('-') + 1));
  for (const pod of [...extra].sort((a, b) => ordinal(b) - ordinal(a))) dropPod(stage, 'statefulset-controller', set, pod);
  return extra.length > 0;
}

/** Takes away the last pod that is not of the new revision, once those after it are ready. */
function renew(stage: Stage, set: JsonObject, names: readonly string[], revision: string): void {
  for (const name of names.toReversed()) {
    const pod = stage.world.store.get(pods, stage.namespace, name);
    if (pod === undefined || isGoing(pod)) return;
    if (revisionOf(pod) !== revision) {
      dropPod(stage, 'statefulset-controller', set, pod);
      return;
    }
    if (!isReady(pod)) return;
  }
}

export function playDaemonSet(stage: Stage, set: JsonObject): void {
  const { store } = stage.world;
  const template = dig(set, 'spec', 'template');
  const revision = hashOf(template);
  keepRevision(stage, set, 'daemon-set-controller', revisionName(nameOf(set), revision), revision);
  const spec = asObject(dig(template, 'spec'));
  const nodes = new Set(daemonNodes(template, store));
  const taken = new Set<string>();
  const mine = ownedBy(stage, pods, set);
  let mayMiss = missable(set, nodes.size) - (nodes.size - mine.filter(isReady).length);
  for (const pod of mine) {
    const node = asString(dig(pod, 'spec', 'nodeName')) ?? nodeMeant(pod);
    const isOld = revisionOf(pod) !== revision && dig(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete';
    const mayGo = isOld && (!isReady(pod) || mayMiss > 0);
    if (mayGo && isReady(pod)) mayMiss--;
    if (mayGo || taken.has(node) || !nodes.has(node)) dropPod(stage, 'daemonset-controller', set, pod);
    else taken.add(node);
  }
  for (const node of nodes) {
    if (taken.has(node)) continue;
    const generation = asString(dig(set, 'metadata', 'annotations', 'deprecated.daemonset.template.generation')) ?? '1';
    const labels = { [revisionLabel]: revision, 'pod-template-generation': generation };
    const placed = { tolerations: daemonTolerations(spec), affinity: onlyOn(node, asObject(spec.affinity)) };
    if (makePod(stage, 'daemon-set-controller', set, { generateName: `${nameOf(set)}-`, labels }, placed) !== undefined) break;
  }
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  keep(stage, { group: 'apps', resource: 'daemonsets' }, set, {
    currentNumberScheduled: found.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.size,
    numberReady: ready,
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    ...counts({
      updatedNumberScheduled: found.filter((pod) => revisionOf(pod) === revision).length,
      numberAvailable: ready,
      numberUnavailable: nodes.size - ready,
    }),
  });
}

/** How many pods may be missing while they are replaced. */
function missable(set: JsonObject, wanted: number): number {
  const given = dig(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable') ?? 1;
  const percent = typeof given === 'string' ? /^([0-9]+)%$/.exec(given)?.[1] : undefined;
  const count = percent === undefined ? asNumber(given) : Math.ceil((wanted * Number(percent)) / 100);
  return Math.max(1, count ?? 1);
}

function nodeMeant(pod: JsonObject): string {
  const path = ['requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', 0, 'matchFields', 0, 'values', 0] as const;
  return asString(dig(pod, 'spec', 'affinity', 'nodeAffinity', ...path)) ?? '';
}

/** The scheduler puts the pod there: that is how a DaemonSet says which node it means. */
function onlyOn(node: string, affinity: JsonObject): JsonObject {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...affinity, nodeAffinity: { ...asObject(affinity.nodeAffinity), ...required } };
}

// DaemonSets, played: a pod on every node that is for them; a new template takes the place of the old one's pods as far as these may be missing,
// or beside them where there may be more (pkg/controller/daemon, 1.36). A pod that is there already bears taints that only keep others away.

import { nameOf } from '../../../kube/metadata.ts';
import { asNumber, asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { daemonNodes, daemonTolerations, stayingNodes } from '../../../request/scheduling/daemons.ts';
import { revisionName } from '../../../request/template-hash/hash.ts';
import { forgetRevisions, keepRevision, revisionLabel, revisionOf } from './revisions.ts';
import {
  claimOwned,
  counts,
  dropPod,
  hashOf,
  isAvailable,
  isReady,
  keep,
  makePod,
  minReadySeconds,
  ownedBy,
  pods,
  type Stage,
  timeOf,
} from './stage.ts';

interface Daemons {
  readonly set: JsonObject;
  readonly revision: string;
  /** Nodes that are to have a pod. */
  readonly nodes: ReadonlySet<string>;
  /** Nodes that keep the pod that they have. */
  readonly staying: ReadonlySet<string>;
  readonly isAvailable: (pod: JsonObject | undefined) => boolean;
}

export function playDaemonSet(stage: Stage, set: JsonObject): void {
  const template = dig(set, 'spec', 'template');
  claimOwned(stage, pods, set);
  const revision = hashOf(template, stage.world.release.minor);
  keepRevision(stage, set, 'daemon-set-controller', revisionName(nameOf(set), revision), revision);
  const daemons: Daemons = {
    set,
    revision,
    nodes: new Set(daemonNodes(template, stage.world.store)),
    staying: new Set(stayingNodes(template, stage.world.store)),
    isAvailable: (pod) => pod !== undefined && isAvailable(stage, pod, minReadySeconds(set)),
  };
  const surge = share(set, 'maxSurge', daemons.nodes.size, 0);
  prune(stage, daemons, surge > 0);
  if (dig(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete') {
    if (surge > 0) surgeOn(stage, daemons, surge);
    else replace(stage, daemons);
  }
  const there = byNode(stage, set);
  for (const node of daemons.nodes) if (!there.has(node) && !makeDaemon(stage, daemons, node)) break;
  report(stage, daemons);
  forgetRevisions(stage, set, new Set([revisionName(nameOf(set), revision)]));
}

function nodeOf(pod: JsonObject): string {
  const path = ['requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', 0, 'matchFields', 0, 'values', 0] as const;
  const named = asString(dig(pod, 'spec', 'nodeName')) ?? '';
  return named === '' ? (asString(dig(pod, 'spec', 'affinity', 'nodeAffinity', ...path)) ?? '') : named;
}

/** Pods of each node, the oldest on a node first. */
function byNode(stage: Stage, set: JsonObject): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  const age = (pod: JsonObject) => timeOf(dig(pod, 'metadata', 'creationTimestamp')) ?? 0;
  const bound = (pod: JsonObject) => ((asString(dig(pod, 'spec', 'nodeName')) ?? '') === '' ? 1 : 0);
  for (const pod of ownedBy(stage, pods, set)) {
    const there = found.get(nodeOf(pod));
    if (there === undefined) found.set(nodeOf(pod), [pod]);
    else there.push(pod);
  }
  for (const [node, list] of found)
    found.set(
      node,
      list.sort((a, b) => bound(a) - bound(b) || age(a) - age(b) || (nameOf(a) < nameOf(b) ? -1 : 1)),
    );
  return found;
}

const drop = (stage: Stage, { set }: Daemons, pod: JsonObject) => dropPod(stage, 'daemonset-controller', set, pod);

/** Pods on nodes that are not for them, that have ended, or that are too many. */
function prune(stage: Stage, daemons: Daemons, isSurging: boolean): void {
  const { set, revision, staying, recorder } = { ...daemons, recorder: stage.recorder };
  for (const [node, list] of byNode(stage, set)) {
    const hasEnded = (pod: JsonObject) => ['Failed', 'Succeeded'].includes(asString(dig(pod, 'status', 'phase')) ?? '');
    if (!staying.has(node)) {
      for (const pod of list) drop(stage, daemons, pod);
      continue;
    }
    for (const pod of list.filter(hasEnded)) {
      const isFailed = dig(pod, 'status', 'phase') === 'Failed';
      const [type, reason] = isFailed ? (['Warning', 'FailedDaemonPod'] as const) : (['Normal', 'SucceededDaemonPod'] as const);
      const of = `daemon pod ${stage.namespace}/${nameOf(pod)} on node ${node}, will try to`;
      const message = isFailed ? `Found failed ${of} kill it` : `Found succeeded ${of} delete it`;
      recorder.note(set, { component: 'daemonset-controller', type, reason, message });
      drop(stage, daemons, pod);
    }
    const living = list.filter((pod) => !hasEnded(pod));
    const isNew = (pod: JsonObject) => revisionOf(pod) === revision;
    const kept = isSurging ? [living.find(isNew), living.find((pod) => !isNew(pod))] : living.slice(0, 1);
    for (const pod of living) if (!kept.includes(pod)) drop(stage, daemons, pod);
  }
}

/** Old pods go, those first that are not available, and then as many as may be missing. */
function replace(stage: Stage, daemons: Daemons): void {
  const { set, revision, nodes } = daemons;
  const found = byNode(stage, set);
  const all = [...new Set([...nodes, ...found.keys()])].map((node) => found.get(node)?.[0]);
  let left = Math.max(1, share(set, 'maxUnavailable', nodes.size, 1)) - all.filter((pod) => !daemons.isAvailable(pod)).length;
  for (const pod of all) {
    if (pod === undefined || revisionOf(pod) === revision) continue;
    if (!daemons.isAvailable(pod)) drop(stage, daemons, pod);
    else if (left > 0) {
      left--;
      drop(stage, daemons, pod);
    }
  }
}

/** New pods come beside the old ones, which go when the new are available. */
function surgeOn(stage: Stage, daemons: Daemons, most: number): void {
  const { set, revision, nodes } = daemons;
  let left = most;
  const waiting: string[] = [];
  const found = byNode(stage, set);
  for (const [node, list] of found) {
    const next = list.find((pod) => revisionOf(pod) === revision);
    const old = list.find((pod) => revisionOf(pod) !== revision);
    if (old === undefined) continue;
    if (next !== undefined) {
      if (daemons.isAvailable(next) || !isReady(old)) drop(stage, daemons, old);
      else left--;
    } else if (nodes.has(node)) waiting.push(node);
  }
  for (const node of waiting) {
    const isFree = !daemons.isAvailable(found.get(node)?.[0]);
    if (!isFree && left <= 0) continue;
    if (!isFree) left--;
    if (!makeDaemon(stage, daemons, node)) return;
  }
}

/** False where no other is to be made now. */
function makeDaemon(stage: Stage, { set, revision }: Daemons, node: string): boolean {
  if (!stage.burst.take()) return false;
  const spec = asObject(dig(set, 'spec', 'template', 'spec'));
  const generation = asString(dig(set, 'metadata', 'annotations', 'deprecated.daemonset.template.generation')) ?? '1';
  const labels = { [revisionLabel]: revision, 'pod-template-generation': generation };
  const placed = { tolerations: daemonTolerations(spec), affinity: onlyOn(node, asObject(spec.affinity)) };
  return makePod(stage, 'daemon-set-controller', set, { generateName: `${nameOf(set)}-`, labels }, placed) === undefined;
}

/** The scheduler puts the pod there: that is how a DaemonSet says which node it means. */
function onlyOn(node: string, affinity: JsonObject): JsonObject {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...affinity, nodeAffinity: { ...asObject(affinity.nodeAffinity), ...required } };
}

function report(stage: Stage, { set, revision, nodes, isAvailable: isThere }: Daemons): void {
  const found = byNode(stage, set);
  const first = [...nodes].map((node) => found.get(node)?.[0]).filter((pod) => pod !== undefined);
  const available = first.filter(isThere).length;
  const known = new Set(stage.world.store.list({ group: '', resource: 'nodes' }).map(nameOf));
  keep(stage, { group: 'apps', resource: 'daemonsets' }, set, {
    currentNumberScheduled: first.length,
    numberMisscheduled: [...found.keys()].filter((node) => known.has(node) && !nodes.has(node)).length,
    desiredNumberScheduled: nodes.size,
    numberReady: first.filter(isReady).length,
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    ...counts({
      updatedNumberScheduled: first.filter((pod) => revisionOf(pod) === revision).length,
      numberAvailable: available,
      numberUnavailable: nodes.size - available,
    }),
  });
}

/** A number of pods, or a share of all nodes, rounded up. */
function share(set: JsonObject, key: string, total: number, usual: number): number {
  const given = dig(set, 'spec', 'updateStrategy', 'rollingUpdate', key) ?? usual;
  const percent = typeof given === 'string' ? /^([0-9]+)%$/.exec(given)?.[1] : undefined;
  return percent === undefined ? (asNumber(given) ?? usual) : Math.ceil((total * Number(percent)) / 100);
}

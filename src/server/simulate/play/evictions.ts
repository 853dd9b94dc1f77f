// Pods that have to leave, played: of nodes that are tainted to evict, at once or when they tolerate it no longer, and of nodes that are gone
// (pkg/controller/{tainteviction,podgc}, 1.36). Nodes are never found lost here, as nobody misses their heartbeats.

import { nameOf, uidOf } from '../../../kube/metadata.ts';
import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { tolerates } from '../../../request/scheduling/node-filters.ts';
import { deleteAs, put } from '../chores/objects.ts';
import { podKind, pods, type Stage, withCondition } from './stage.ts';

const nodes = { group: '', resource: 'nodes' };
/** How long a node must be gone before its pods are. */
const quarantine = 40_000;

/** When pods have to leave, by their UID. */
export type Evictions = Map<string, { readonly since: number; readonly at: number; readonly isOrphan: boolean }>;

export function playEviction(stage: Stage, evictions: Evictions, pod: JsonObject): void {
  const node = asString(dig(pod, 'spec', 'nodeName')) ?? '';
  if (node === '') return;
  const found = stage.world.store.get(nodes, '', node);
  const before = evictions.get(uidOf(pod));
  const now = stage.world.clock.now();
  const wait = found === undefined ? quarantine : patience(pod, found);
  if (wait === undefined || (before !== undefined && before.isOrphan !== (found === undefined))) {
    evictions.delete(uidOf(pod));
    if (before?.isOrphan === false) say(stage, pod, 'Cancelling deletion of');
  }
  if (wait === undefined) return;
  const since = evictions.get(uidOf(pod))?.since ?? now;
  const at = since + wait;
  evictions.set(uidOf(pod), { since, at, isOrphan: found === undefined });
  if (now < at) stage.again(at);
  else leave(stage, evictions, pod, found === undefined);
}

/** Milliseconds for which the pod may stay; undefined where nothing makes it go. */
function patience(pod: JsonObject, node: JsonObject): number | undefined {
  const taints = asList(dig(node, 'spec', 'taints')).filter((each) => field(each, 'effect') === 'NoExecute');
  const tolerations = asList(dig(pod, 'spec', 'tolerations'));
  const fits = (toleration: Json, taint: Json) => tolerates({ tolerations: [toleration] } as unknown as Struct, taint as unknown as Struct);
  if (taints.some((taint) => !tolerations.some((each) => fits(each, taint)))) return 0;
  const used = taints.flatMap((taint) => tolerations.find((each) => fits(each, taint)) ?? []);
  const seconds = used.flatMap((each) => asNumber(field(each, 'tolerationSeconds')) ?? []);
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000;
}

function say({ recorder, namespace }: Stage, pod: JsonObject, what: string): void {
  const name = nameOf(pod);
  const about = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } };
  const message = `${what} Pod ${namespace}/${name}`;
  recorder.note(about, { component: 'taint-eviction-controller', type: 'Normal', reason: 'TaintManagerEviction', message });
}

function leave(stage: Stage, evictions: Evictions, pod: JsonObject, isOrphan: boolean): void {
  evictions.delete(uidOf(pod));
  if (!isOrphan) say(stage, pod, 'Marking for deletion');
  const why = isOrphan
    ? (['DeletionByPodGC', 'PodGC: node no longer exists'] as const)
    : (['DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'] as const);
  const status = withCondition(stage, pod, 'DisruptionTarget', why[0], why[1]);
  const isOver = ['Succeeded', 'Failed'].includes(asString(field(status, 'phase')) ?? '');
  put(stage.world, pods, { ...pod, status: isOrphan && !isOver ? { ...asObject(status), phase: 'Failed' } : status });
  deleteAs(stage.world, isOrphan ? 'pod-garbage-collector' : 'taint-eviction-controller', podKind, pod);
}

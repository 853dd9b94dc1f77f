// The nodes as the scheduler's cache has them: each with the pods that are bound to it and not over, and those that are nominated to it.

import { nameOf, namespaceOf } from '../../kube/metadata.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asString, dig, field, type JsonObject, stringMap } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import type { Place } from './objection.ts';

const pods = { group: '', resource: 'pods' };

/** Every node with the pods that are on it, or are being bound to it. */
export function placesOf(state: State): readonly Place[] {
  const byNode = new Map<string, JsonObject[]>();
  for (const pod of state.list(pods)) {
    const node = nodeOf(pod) || (isBeingBound(pod) ? nominatedNode(pod) : '');
    if (node === '' || isOver(pod)) continue;
    const there = byNode.get(node);
    if (there === undefined) byNode.set(node, [pod]);
    else there.push(pod);
  }
  return state.list({ group: '', resource: 'nodes' }).map((object) => {
    const name = nameOf(object);
    const labels = stringMap(dig(object, 'metadata', 'labels'));
    return { name, node: object as unknown as Struct, labels, pods: byNode.get(name) ?? [] };
  });
}

/** Pods that wait for others to go from a node, by its name; those only that a pod must give way to. */
export function nominatedBefore(pod: JsonObject, state: State): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const other of state.list(pods)) {
    const node = nominatedNode(other);
    if (
      node === '' ||
      nodeOf(other) !== '' ||
      isBeingBound(other) ||
      isOver(other) ||
      isSame(other, pod) ||
      priorityOf(other) < priorityOf(pod)
    )
      continue;
    found.set(node, [...(found.get(node) ?? []), other]);
  }
  return found;
}

export function priorityOf(pod: JsonObject): number {
  return asNumber(dig(pod, 'spec', 'priority')) ?? 0;
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return nameOf(one) === nameOf(other) && namespaceOf(one) === namespaceOf(other);
}

function nodeOf(pod: JsonObject): string {
  return asString(dig(pod, 'spec', 'nodeName')) ?? '';
}

function nominatedNode(pod: JsonObject): string {
  return asString(dig(pod, 'status', 'nominatedNodeName')) ?? '';
}

/** True where a node was chosen and volumes or devices are being made ready: the scheduler has not said that the pod must wait. */
function isBeingBound(pod: JsonObject): boolean {
  return nominatedNode(pod) !== '' && !asList(dig(pod, 'status', 'conditions')).some((one) => field(one, 'type') === 'PodScheduled');
}

function isOver(pod: JsonObject): boolean {
  const phase = dig(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

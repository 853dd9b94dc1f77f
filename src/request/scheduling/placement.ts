// Where a pod could run: every node of the state held against the filters of the default scheduler, in its order, with the reason of each that
// does not fit (pkg/scheduler, Kubernetes 1.36). Left out: scores, which choose among the nodes that fit; preemption; devices that are claimed
// (dynamic resource allocation), limits of volumes and their free space. What is left out and asked for is told as not known.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asString, dig, type JsonObject, stringMap } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { nodeAffinity, nodeName, nodeUnschedulable, taintToleration } from './node-filters.ts';
import type { Objection, Place } from './objection.ts';
import { interPodAffinity } from './pod-affinity.ts';
import { nodePorts, nodeResourcesFit } from './room.ts';
import { podTopologySpread } from './spread.ts';
import { claimsNotReady, readWriteOncePod, volumeBinding, volumeZone } from './volumes.ts';

export interface NodeFit {
  readonly node: string;
  /** Why the pod cannot run there; empty where it can. */
  readonly reasons: readonly string[];
}

export interface JudgedNode {
  readonly node: string;
  /** In the order of the filters. The scheduler stops at the first filter that objects. */
  readonly objections: readonly Objection[];
}

export interface Placement {
  /** What keeps the pod from every node; nodes are not asked then. */
  readonly before: Objection | undefined;
  readonly nodes: readonly JudgedNode[];
  /** What would count too and is not looked at, as sentences. */
  readonly unknown: readonly string[];
}

/** Every node, by name, with what speaks against it, in words. */
export function reasonsOf({ before, nodes }: Placement): readonly NodeFit[] {
  const first = before === undefined ? [] : [before.why];
  return nodes.map(({ node, objections }) => ({ node, reasons: [...first, ...objections.map(({ why }) => why)] }));
}

/** Holds a pod against all nodes. */
export function judgeNodes(pod: Struct, state: State): Placement {
  const places = placesOf(state);
  const filters = [
    nodeUnschedulable(pod),
    nodeName(pod),
    taintToleration(pod),
    nodeAffinity(pod),
    nodePorts(pod),
    nodeResourcesFit(pod),
    readWriteOncePod(pod, places, state),
    volumeBinding(pod, state),
    volumeZone(pod, state),
    podTopologySpread(pod, places),
    interPodAffinity(pod, places, state),
  ];
  return {
    before: gated(pod) ?? claimsNotReady(pod, state),
    nodes: places.map((place) => ({ node: place.name, objections: filters.flatMap((filter) => filter(place)) })),
    unknown: unknownOf(pod, places, state),
  };
}

/** A pod with gates is not looked at until they are gone. */
function gated(pod: Struct): Objection | undefined {
  const gates = structsIn(structAt(pod, 'spec'), 'schedulingGates').map((gate) => textIn(gate, 'name'));
  if (gates.length === 0) return undefined;
  const says = 'Scheduling is blocked due to non-empty scheduling gates';
  return { plugin: 'SchedulingGates', says, why: `it waits until its scheduling gates are gone: ${gates.join(', ')}`, resolvable: false };
}

/** Every node with the pods that are on it. */
export function placesOf(state: State): readonly Place[] {
  const byNode = new Map<string, JsonObject[]>();
  for (const pod of state.list({ group: '', resource: 'pods' })) {
    const node = asString(dig(pod, 'spec', 'nodeName')) ?? '';
    const phase = dig(pod, 'status', 'phase');
    if (node === '' || phase === 'Succeeded' || phase === 'Failed') continue;
    const there = byNode.get(node);
    if (there === undefined) byNode.set(node, [pod]);
    else there.push(pod);
  }
  return state.list({ group: '', resource: 'nodes' }).map((object) => {
    const name = asString(dig(object, 'metadata', 'name')) ?? '';
    const labels = stringMap(dig(object, 'metadata', 'labels'));
    return { name, node: object as unknown as Struct, labels, pods: byNode.get(name) ?? [] };
  });
}

function unknownOf(pod: Struct, places: readonly Place[], state: State): readonly string[] {
  const spec = structAt(pod, 'spec');
  const unsized = places.filter(({ node }) => Object.keys(structAt(node, 'status', 'allocatable')).length === 0).length;
  const scheduler = asString(spec.schedulerName as string | undefined) ?? 'default-scheduler';
  const hasClaims = structsIn(spec, 'volumes').some(
    (volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined,
  );
  const counts =
    state.list({ group: 'storage.k8s.io', resource: 'csinodes' }).length +
    state.list({ group: 'storage.k8s.io', resource: 'csistoragecapacities' }).length;
  return [
    ...(structsIn(spec, 'resourceClaims').length === 0 ? [] : ['devices that the pod claims are not looked at']),
    ...(hasClaims && counts > 0 ? ['how many volumes a node takes, and how much room their drivers have, is not looked at'] : []),
    ...(unsized === 0 ? [] : [`${unsized} of ${places.length} nodes do not say how much room they have`]),
    ...(scheduler === 'default-scheduler' ? [] : [`the scheduler ${scheduler} may decide otherwise than the default one`]),
  ];
}

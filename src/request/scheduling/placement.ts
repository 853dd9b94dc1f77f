// Where a pod could run: every node of the state held against the filters of the default scheduler, in its order, with the reason of each that
// does not fit, and whom it would preempt where none does (pkg/scheduler, Kubernetes 1.36). Left out: scores, which choose among the nodes that
// fit; groups of pods; in-tree disks that are counted as their CSI drivers'. What is left out and asked for is told as not known.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asString, dig, type JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { claimsOf, volumeNamed, volumesResource } from './claims.ts';
import { nodeDeclaredFeatures } from './declared-features.ts';
import { isDeviceResource } from './devices/classes.ts';
import { dynamicResources } from './devices/plugin.ts';
import { namedNodes, nodeAffinity, nodeName, nodeUnschedulable, taintToleration } from './node-filters.ts';
import { type Filter, firstSaid, type Objection, type Place, type Plugin } from './objection.ts';
import { nominatedBefore, placesOf } from './places.ts';
import { interPodAffinity } from './pod-affinity.ts';
import { notHelpful, type Preemption, preempt } from './preemption.ts';
import { nodePorts, nodeResourcesFit } from './room.ts';
import { podTopologySpread } from './spread.ts';
import { objectionsOf } from './stage.ts';
import { claimsNotReady, volumeBinding } from './volume-binding.ts';
import { nodeVolumeLimits } from './volume-limits.ts';
import { claimMissing, volumeMissing, volumeRestrictions, volumeZone } from './volume-restrictions.ts';

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
  /** What the scheduler says of claims of devices that it could give back. */
  readonly deallocation: string;
  /** Who would go, where no node fits. */
  readonly preemption: Preemption;
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
  const object = pod as unknown as JsonObject;
  const places = placesOf(state);
  const devices = dynamicResources(pod, places, state);
  const early = gated(pod) ?? devices.waiting ?? conflicting(pod) ?? claimMissing(pod, state) ?? claimsNotReady(pod, state);
  const refused = early ?? volumeMissing(pod, state) ?? devices.before;
  const plugins: readonly Plugin[] = [
    ...[namedOnly(pod), nodeUnschedulable(pod), nodeName(pod), taintToleration(pod), nodeAffinity(pod)].map((filter) => ({ filter })),
    nodePorts(pod),
    { filter: nodeResourcesFit(pod, (resource) => isDeviceResource(resource, state)) },
    volumeRestrictions(pod, places, state),
    ...[nodeVolumeLimits(pod, state), volumeBinding(pod, state), volumeZone(pod, state)].map((filter) => ({ filter })),
    podTopologySpread(pod, places),
    interPodAffinity(pod, places, state),
    ...(devices.before === undefined ? [{ filter: devices.filter }] : []),
    { filter: nodeDeclaredFeatures(pod) },
  ];
  const nominated = nominatedBefore(object, state);
  const unfit = places.map((place) => {
    const stage = { plugins, place };
    const there = nominated.get(place.name) ?? [];
    return { stage, nominated: there, objections: objectionsOf(stage, there) };
  });
  const nodes = unfit.map(({ stage, objections }) => ({ node: stage.place.name, objections }));
  const before = refused ?? failing(nodes);
  const isLost = before === undefined && nodes.every(({ objections }) => objections.length > 0);
  return {
    before,
    nodes,
    deallocation: devices.deallocation(nodes.filter(({ objections }) => isOf(objections, 'DynamicResources')).map(({ node }) => node)),
    preemption: isLost ? preempt(object, unfit, state) : notHelpful(nodes.length),
    unknown: [...unknownOf(pod, places, state), ...devices.unknown()],
  };
}

/** A filter that fails on one node ends the whole attempt, whatever other nodes would say. */
function failing(nodes: readonly JudgedNode[]): Objection | undefined {
  const found = nodes.flatMap(({ objections }) => firstSaid(objections)).find(({ failed }) => failed === true);
  return found === undefined ? undefined : { ...found, says: `running "${found.plugin}" filter plugin: ${found.says}` };
}

function isOf(objections: readonly Objection[], plugin: string): boolean {
  return firstSaid(objections).some((each) => each.plugin === plugin);
}

/** A pod with gates is not looked at until they are gone. */
function gated(pod: Struct): Objection | undefined {
  const gates = structsIn(structAt(pod, 'spec'), 'schedulingGates').map((gate) => textIn(gate, 'name'));
  if (gates.length === 0) return undefined;
  const says = 'Scheduling is blocked due to non-empty scheduling gates';
  return { plugin: 'SchedulingGates', says, why: `it waits until its scheduling gates are gone: ${gates.join(', ')}`, resolvable: false };
}

function conflicting(pod: Struct): Objection | undefined {
  if (namedNodes(pod) !== 'conflict') return undefined;
  const says = 'pod affinity terms conflict';
  return { plugin: 'NodeAffinity', says, why: "no node can have all the names of the pod's node affinity", resolvable: false };
}

/** Where an affinity names nodes, the scheduler asks no others. */
function namedOnly(pod: Struct): Filter {
  const names = namedNodes(pod);
  if (names === undefined || names === 'conflict') return () => [];
  const says = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
  const why = "the pod's node affinity names other nodes";
  return ({ name }) => (names.has(name) ? [] : [{ plugin: 'PreFilter', says, why, resolvable: false }]);
}

const inTree = ['awsElasticBlockStore', 'azureDisk', 'cinder', 'gcePersistentDisk', 'portworxVolume'] as const;

function unknownOf(pod: Struct, places: readonly Place[], state: State): readonly string[] {
  const spec = structAt(pod, 'spec');
  const unsized = places.filter(({ node }) => Object.keys(structAt(node, 'status', 'allocatable')).length === 0).length;
  const scheduler = asString(spec.schedulerName as string | undefined) ?? 'default-scheduler';
  const sources = [
    ...structsIn(spec, 'volumes'),
    ...claimsOf(pod, state).map((claim) => dig(state.get(volumesResource, '', volumeNamed(claim)), 'spec')),
  ];
  const isMigrated = sources.some((source) => inTree.some((kind) => dig(source, kind) !== undefined));
  return [
    ...(isMigrated ? ['disks that are named without a CSI driver are not counted as that driver counts them'] : []),
    ...(spec.schedulingGroup === undefined ? [] : ['the group of pods that this one is scheduled with is not looked at']),
    ...(unsized === 0 ? [] : [`${unsized} of ${places.length} nodes do not say how much room they have`]),
    ...(scheduler === 'default-scheduler' ? [] : [`the scheduler ${scheduler} may decide otherwise than the default one`]),
  ];
}

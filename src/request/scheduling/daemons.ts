// DaemonSets as their controller sees nodes (pkg/controller/daemon, 1.36): which nodes are to have a pod, whether there is room or not, and what it
// adds to the tolerations of its pods.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { nodeAffinity, nodeName, taintToleration } from './node-filters.ts';
import { placesOf } from './places.ts';

const always = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
] as const;

/** The tolerations of a template's pod spec, with those of every daemon; daemons in the host's network bear its absence too. */
export function daemonTolerations(spec: JsonObject): readonly Json[] {
  const more = spec.hostNetwork === true ? [['network-unavailable', 'NoSchedule'] as const] : [];
  const added = [...always, ...more].map(([what, effect]) => ({ key: `node.kubernetes.io/${what}`, operator: 'Exists', effect }));
  return [...asList(spec.tolerations), ...added];
}

/** Names of the nodes that a template of a DaemonSet is for. */
export function daemonNodes(template: Json | undefined, state: State): readonly string[] {
  return fitting(template, state, []);
}

/** Names of the nodes on which its pods stay where they are there already: taints that evict nobody do not count. */
export function stayingNodes(template: Json | undefined, state: State): readonly string[] {
  return fitting(template, state, [{ operator: 'Exists', effect: 'NoSchedule' }]);
}

function fitting(template: Json | undefined, state: State, more: readonly Json[]): readonly string[] {
  const spec = asObject(field(template, 'spec'));
  const pod = { spec: { ...spec, tolerations: [...daemonTolerations(spec), ...more] } } as unknown as Struct;
  const filters = [nodeName(pod), nodeAffinity(pod), taintToleration(pod)];
  return placesOf(state)
    .filter((place) => filters.every((filter) => filter(place).length === 0))
    .map(({ name }) => name);
}

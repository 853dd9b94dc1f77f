// Nodes, played: one of which nothing is said is ready, and has no taint that says otherwise. Nodes of a snapshot bring their own state.

import { asList, asObject, dig, field, type JsonObject } from '../../../lib/json.ts';
import { timestamp, type World } from '../world.ts';
import { nameOf } from './stage.ts';

const nodes = { group: '', resource: 'nodes' };

const healthy: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['Ready', 'KubeletReady', 'kubelet is posting ready status'],
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['NetworkUnavailable', 'RouteCreated', 'RouteController created a route'],
];

export function playNode({ store }: World, node: JsonObject): void {
  if (asList(dig(node, 'status', 'conditions')).length > 0) return;
  const now = timestamp();
  const conditions = healthy.map(([type, reason, message]) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  }));
  const { taints, ...spec } = asObject(node.spec);
  const left = asList(taints).filter((each) => field(each, 'key') !== 'node.kubernetes.io/not-ready');
  const changed = {
    ...node,
    spec: { ...spec, ...(left.length === 0 ? {} : { taints: left }) },
    status: { ...asObject(node.status), conditions },
  };
  store.put(nodes, '', nameOf(node), changed);
}

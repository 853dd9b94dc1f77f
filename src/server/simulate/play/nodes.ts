// Nodes, played: one of which nothing is said is ready, and the taints of each follow its conditions, as the controller of nodes' lives keeps them
// (pkg/controller/nodelifecycle, 1.36). Nodes of a snapshot bring their own state. Nobody is evicted, so that the taints that evict are only
// taken away.

import { nameOf } from '../../../kube/metadata.ts';
import { asList, asObject, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { timestamp, type World } from '../world.ts';

const nodes = { group: '', resource: 'nodes' };

const healthy: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['Ready', 'KubeletReady', 'kubelet is posting ready status'],
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['NetworkUnavailable', 'RouteCreated', 'RouteController created a route'],
];

const prefix = 'node.kubernetes.io/';
/** Taints of a condition that is as said. */
const taintOf: Readonly<Record<string, string>> = {
  'Ready False': `${prefix}not-ready`,
  'Ready Unknown': `${prefix}unreachable`,
  'MemoryPressure True': `${prefix}memory-pressure`,
  'DiskPressure True': `${prefix}disk-pressure`,
  'PIDPressure True': `${prefix}pid-pressure`,
  'NetworkUnavailable True': `${prefix}network-unavailable`,
};
const cordoned = `${prefix}unschedulable`;
const keptHere: ReadonlySet<Json | undefined> = new Set([...Object.values(taintOf), cordoned]);
const evicting: ReadonlySet<Json | undefined> = new Set([taintOf['Ready False'], taintOf['Ready Unknown']]);

export function playNode({ store, clock }: World, given: JsonObject): void {
  const node = asList(dig(given, 'status', 'conditions')).length > 0 ? given : healthyNode(given, timestamp(clock.now()));
  const taints = taintsOf(node, timestamp(clock.now()));
  const { taints: before, ...spec } = asObject(node.spec);
  if (node === given && sameJson([...taints], [...asList(before)])) return;
  store.put(nodes, '', nameOf(node), { ...node, spec: { ...spec, ...(taints.length === 0 ? {} : { taints: [...taints] }) } });
}

function healthyNode(node: JsonObject, now: string): JsonObject {
  const conditions = healthy.map(([type, reason, message]) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  }));
  return { ...node, status: { ...asObject(node.status), conditions } };
}

/** Taints of others stay; those of conditions are there as long as the condition is. */
function taintsOf(node: JsonObject, now: string): readonly Json[] {
  const conditions = asList(dig(node, 'status', 'conditions'));
  const isReady = conditions.some((each) => field(each, 'type') === 'Ready' && field(each, 'status') === 'True');
  const wanted = conditions.flatMap((each) => {
    const is = `${field(each, 'type')} ${field(each, 'status')}`;
    return Object.hasOwn(taintOf, is) ? (taintOf[is] ?? []) : [];
  });
  if (dig(node, 'spec', 'unschedulable') === true) wanted.push(cordoned);
  const before = asList(dig(node, 'spec', 'taints'));
  const stays = (taint: Json) => {
    const [key, effect] = [field(taint, 'key'), field(taint, 'effect')];
    if (effect === 'NoExecute') return !(isReady && evicting.has(key));
    return effect !== 'NoSchedule' || !keptHere.has(key) || wanted.some((each) => each === key);
  };
  const kept = before.filter(stays);
  const has = (key: string) => kept.some((taint) => field(taint, 'key') === key && field(taint, 'effect') === 'NoSchedule');
  return [...kept, ...wanted.filter((key) => !has(key)).map((key) => ({ key, effect: 'NoSchedule', timeAdded: now }))];
}

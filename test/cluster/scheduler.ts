// A pod given to the real scheduler and to ours: what it does with it must be among what ours allows, and what it says must be the same.
// Between the API server and the scheduler's cache is some time, so that a difference is looked at again before it counts.

import assert from 'node:assert/strict';
import type { Struct } from '../../src/kube/schema/defaults/struct.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { fitError } from '../../src/request/scheduling/fit-error.ts';
import { judgeNodes, type Placement } from '../../src/request/scheduling/placement.ts';
import { memoryStore, type Store } from '../../src/request/store/store.ts';
import type { Cluster } from './cluster.ts';

const core = ['nodes', 'pods', 'namespaces', 'persistentvolumes', 'persistentvolumeclaims'];
const storage = ['storageclasses', 'csinodes', 'csidrivers', 'csistoragecapacities', 'volumeattachments'];
const devices = ['resourceclaims', 'resourceslices', 'deviceclasses'];

/** What the scheduler looks at, as it is stored now. */
export async function stateOf(cluster: Cluster): Promise<Store> {
  const store = memoryStore();
  const read = async (group: string, resources: readonly string[]) => {
    const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
    for (const resource of resources)
      for (const object of asList(field((await cluster.api('GET', `${root}/${resource}`)).body as Json, 'items')) as readonly JsonObject[])
        store.put({ group, resource }, text(object, 'metadata', 'namespace'), text(object, 'metadata', 'name'), object);
  };
  await read('', core);
  await read('storage.k8s.io', storage);
  await read('policy', ['poddisruptionbudgets']);
  await read('resource.k8s.io', devices);
  return store;
}

export function text(value: Json, ...path: readonly string[]): string {
  return asString(dig(value, ...path)) ?? '';
}

/** Makes an object, with its status where there is one. */
export async function made(cluster: Cluster, path: string, object: JsonObject): Promise<JsonObject> {
  const { status, body } = await cluster.api('POST', path, object);
  assert.equal(status, 201, `${path}: ${JSON.stringify(body)}`);
  const stored = body as JsonObject;
  if (object.status === undefined) return stored;
  const own = `${path}/${text(stored, 'metadata', 'name')}/status`;
  const updated = await cluster.api('PUT', own, { ...stored, status: object.status });
  assert.equal(updated.status, 200, `${own}: ${JSON.stringify(updated.body)}`);
  return updated.body as JsonObject;
}

/** Makes nodes as they are given: the taints with which the server greets new ones are taken away, as a kubelet would. */
export async function makeNodes(cluster: Cluster, nodes: readonly JsonObject[]): Promise<void> {
  for (const one of nodes) {
    const stored = await made(cluster, '/api/v1/nodes', one);
    const path = `/api/v1/nodes/${text(one, 'metadata', 'name')}`;
    assert.equal((await cluster.api('PUT', path, { ...stored, spec: field(one, 'spec') ?? {} })).status, 200);
  }
}

export async function removePod(cluster: Cluster, namespace: string, name: string): Promise<void> {
  await cluster.api('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);
}

/** Makes a pod and holds what becomes of it against what ours says; the pod as it is then. With `waits`, nobody makes its volumes ready. */
export async function judged(cluster: Cluster, namespace: string, pod: JsonObject, told: string, waits = false): Promise<Json> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  for (let tries = 1; ; tries++) {
    const before = await stateOf(cluster);
    const stored = await made(cluster, path, pod);
    const placement = judgeNodes(stored as unknown as Struct, before);
    const after = await decided(cluster, namespace, text(stored, 'metadata', 'name'), waits);
    const difference = await differenceOf(cluster, stored, placement, after, before);
    if (difference === undefined) return after;
    if (tries === 4) assert.fail(`${difference}\n${told}`);
    await removePod(cluster, namespace, text(stored, 'metadata', 'name'));
    await new Promise((resolve) => setTimeout(resolve, 250 * tries));
  }
}

async function differenceOf(
  cluster: Cluster,
  pod: JsonObject,
  placement: Placement,
  after: Json,
  before: Store,
): Promise<string | undefined> {
  const { nodes, preemption } = placement;
  const fitting = nodes.filter(({ objections }) => objections.length === 0).map(({ node }) => node);
  // A pod whose volumes or devices are being made ready is nominated to its node, and nothing is said.
  const bound = text(after, 'spec', 'nodeName') || (messageOf(after) === '' ? text(after, 'status', 'nominatedNodeName') : '');
  if (bound !== '')
    return placement.before === undefined && fitting.includes(bound)
      ? undefined
      : `${bound} is not among ${fitting.join(', ')}: ${fitError(placement)}`;
  const [says, said] = [fitError(placement), messageOf(after)];
  const nominated = text(after, 'status', 'nominatedNodeName');
  // A pod whose victims are going is looked at again, and told so.
  const again = `${says ?? ''} no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.`;
  // What fits may yet fail while it is bound, as pods do that want extended resources both from devices and not.
  if (said.startsWith('running PreBind plugin') && fitting.length > 0 && placement.unknown.some((one) => one.includes('binding')))
    return undefined;
  // Of nodes that fail the scheduler tells of the first that does.
  const isFailed = nodes.some(({ objections }) =>
    objections.some((one) => one.failed === true && said.endsWith(`filter plugin: ${one.says}`)),
  );
  // Claims that were given back are given anew at once, or not.
  const isGivenBack =
    placement.deallocation.startsWith('deallocation') && fitError(judgeNodes(pod as unknown as Struct, await stateOf(cluster))) === said;
  const isSame =
    isGivenBack || says === said || (preemption.kind === 'found' && said === again) || (placement.before?.failed === true && isFailed);
  if (!isSame) return `ours: ${says}\nreal: ${said}`;
  if (preemption.kind === 'none') return nominated === '' ? undefined : `${nominated} was nominated`;
  const chosen = preemption.best.find(({ node }) => node === nominated);
  if (chosen === undefined)
    return `${nominated} was nominated, not ${JSON.stringify(preemption.best)} of ${JSON.stringify(preemption.others)}`;
  const expected = chosen.pods.filter((pod) => !isGoing(before, pod)).sort();
  const gone = await goneFor(cluster, expected.length, before, chosen.exact ? 60_000 : 3_000);
  return chosen.exact && gone.join() !== expected.join() ? `gone are ${gone.join()}, not ${JSON.stringify(chosen)}` : undefined;
}

/** True where the pod, `namespace/name`, was told to go. */
function isGoing(state: Store, pod: string): boolean {
  const [namespace = '', name = ''] = pod.split('/');
  return dig(state.get({ group: '', resource: 'pods' }, namespace, name), 'metadata', 'deletionTimestamp') !== undefined;
}

/** Pods that were told to go since then, once there are as many as that or after so many milliseconds. */
async function goneFor(cluster: Cluster, expected: number, before: Store, patience: number): Promise<readonly string[]> {
  for (const end = Date.now() + patience; ; ) {
    const pods = asList(field((await cluster.api('GET', '/api/v1/pods')).body as Json, 'items'));
    const names = pods
      .filter((pod) => dig(pod, 'metadata', 'deletionTimestamp') !== undefined)
      .map((pod) => `${text(pod, 'metadata', 'namespace')}/${text(pod, 'metadata', 'name')}`)
      .filter((name) => !isGoing(before, name))
      .sort();
    if (names.length >= expected || Date.now() > end) return names;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function decided(cluster: Cluster, namespace: string, name: string, waits: boolean): Promise<Json> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const { body } = await cluster.api('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
    const pod = body as Json;
    const nominated = waits ? text(pod, 'status', 'nominatedNodeName') : '';
    if ([text(pod, 'spec', 'nodeName'), nominated, messageOf(pod)].some((one) => one !== '')) return pod;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the scheduler does not decide about ${name}`);
}

function messageOf(pod: Json): string {
  const condition = asList(dig(pod, 'status', 'conditions')).find((one) => field(one, 'type') === 'PodScheduled');
  return field(condition, 'status') === 'False' ? text(condition ?? null, 'message') : '';
}

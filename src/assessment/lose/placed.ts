// Where pods run now: each pod of a snapshot that has a node, with the workload it belongs to, its zone and its volumes. Built once a
// snapshot. Pods of DaemonSets and of the node itself are left out: they go with their node and are not missed elsewhere.

import { budgets, covers } from '../../controls/reliability/budgets.ts';
import { mapSelects } from '../../kube/label-selector.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { parseQuantity, quantityIn } from '../../kube/quantity.ts';
import { asList, asString, dig, field, isObject } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { nodesOf, zoneOf } from '../nodes.ts';

export interface PlacedPod {
  readonly resource: Resource;
  readonly pod: Pod;
  readonly workload: Resource;
  readonly node: string;
  readonly ready: boolean;
}

export interface Placement {
  readonly pods: readonly PlacedPod[];
  readonly byNode: ReadonlyMap<string, readonly PlacedPod[]>;
  readonly byWorkload: ReadonlyMap<Resource, readonly PlacedPod[]>;
  readonly byNamespace: ReadonlyMap<string, readonly PlacedPod[]>;
  /** Zone by node; nodes without one are not in it. */
  readonly zones: ReadonlyMap<string, string>;
  /** Services that select pods, with the ready ones. */
  readonly services: readonly { readonly resource: Resource; readonly ready: readonly PlacedPod[] }[];
  /** Disruption budgets with the pods they are about. */
  readonly budgets: readonly { readonly resource: Resource; readonly pods: readonly PlacedPod[] }[];
  /** What the pods of a node request. */
  readonly requests: ReadonlyMap<string, Amounts>;
}

/** Thousandths of cores and of bytes. */
export interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
}

/** The amounts of a map such as `requests` or `allocatable`; what is absent or no quantity is nothing. */
export function amounts(map: unknown): Amounts {
  return { cpu: amount(field(map, 'cpu')), memory: amount(field(map, 'memory')) };
}

export function sum(all: Iterable<Amounts>): Amounts {
  let [cpu, memory] = [0n, 0n];
  for (const one of all) [cpu, memory] = [cpu + one.cpu, memory + one.memory];
  return { cpu, memory };
}

function amount(value: unknown): bigint {
  const read = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
  return read?.ok === true ? quantityIn(read.value, -3) : 0n;
}

const cache = new WeakMap<Snapshot, Placement>();

export function placement(snapshot: Snapshot): Placement {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const pods = ofKind(snapshot, '', 'Pod').flatMap((resource) => placed(snapshot, resource));
    const byNode = Map.groupBy(pods, ({ node }) => node);
    const byNamespace = Map.groupBy(pods, ({ resource }) => resource.namespace);
    built = {
      pods,
      byNode,
      services: servicesOf(snapshot, byNamespace),
      budgets: budgets(snapshot).map((resource) => ({
        resource,
        pods: (byNamespace.get(resource.namespace) ?? []).filter(({ pod }) => covers(resource, resource.namespace, pod.labels)),
      })),
      requests: new Map([...byNode].map(([name, own]) => [name, sum(own.map(({ pod }) => requested(pod)))])),
      byWorkload: Map.groupBy(pods, ({ workload }) => workload),
      byNamespace,
      zones: new Map(
        nodesOf(snapshot).flatMap((node) => {
          const zone = zoneOf(node);
          return zone === undefined ? [] : [[node.name, zone] as const];
        }),
      ),
    };
    cache.set(snapshot, built);
  }
  return built;
}

function placed(snapshot: Snapshot, resource: Resource): readonly PlacedPod[] {
  const [pod] = resource.pods;
  const node = asString(dig(resource.object, 'spec', 'nodeName'));
  const phase = dig(resource.object, 'status', 'phase');
  if (pod === undefined || node === undefined || node === '' || phase === 'Succeeded' || phase === 'Failed') return [];
  const owner = asList(dig(resource.object, 'metadata', 'ownerReferences')).find((one) => field(one, 'controller') === true);
  if (field(owner, 'kind') === 'DaemonSet' || field(owner, 'kind') === 'Node') return [];
  const ready = asList(dig(resource.object, 'status', 'conditions')).some(
    (one) => field(one, 'type') === 'Ready' && field(one, 'status') === 'True',
  );
  return [{ resource, pod, workload: ownerOf(snapshot, resource) ?? resource, node, ready }];
}

function requested({ containers }: Pod): Amounts {
  const own = containers.filter(({ role }) => role === 'normal' || role === 'sidecar');
  return sum(own.map(({ spec }) => amounts(dig(spec, 'resources', 'requests'))));
}

function servicesOf(snapshot: Snapshot, pods: ReadonlyMap<string, readonly PlacedPod[]>): Placement['services'] {
  return ofKind(snapshot, '', 'Service').flatMap((resource) => {
    const selector = dig(resource.object, 'spec', 'selector');
    if (!isObject(selector) || Object.keys(selector).length === 0) return [];
    return [
      { resource, ready: (pods.get(resource.namespace) ?? []).filter(({ pod, ready }) => ready && mapSelects(selector, pod.labels)) },
    ];
  });
}

// How a workload can be reached from outside the cluster: through an open Service of its own, or through something that stands before one.

import type { Pod } from '../../kube/pod/types.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { routesTo } from './backends.ts';
import { openness, servicesFor } from './services.ts';

export interface Exposure {
  /** The object that opens the way, and the field that does. */
  readonly by: Resource;
  readonly path: string;
  readonly service: Resource;
  /** For sentences: `the load balancer of Service "web"`. */
  readonly words: string;
}

/** Every way to a pod, Services before what stands before them. */
export function exposuresOf(snapshot: Snapshot, pod: Pod): readonly Exposure[] {
  const open = openServices(snapshot);
  return servicesFor(snapshot, pod).flatMap((service) => {
    const ways = open.get(service);
    return ways !== undefined && leadsTo(service, pod) ? ways : [];
  });
}

const cache = new WeakMap<Snapshot, ReadonlyMap<Resource, readonly Exposure[]>>();

/** The Services that can be reached from outside, with the ways to each. */
function openServices(snapshot: Snapshot): ReadonlyMap<Resource, readonly Exposure[]> {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const all = ofKind(snapshot, '', 'Service').map((service) => [service, waysTo(snapshot, service)] as const);
    built = new Map(all.filter(([, ways]) => ways.length > 0));
    cache.set(snapshot, built);
  }
  return built;
}

const words = { 'load-balancer': 'the load balancer', 'node-port': 'a port of every node', 'external-ip': 'an external address' } as const;

function waysTo(snapshot: Snapshot, service: Resource): readonly Exposure[] {
  const open = openness(service);
  const own =
    open === undefined ? [] : [{ by: service, path: open.path, service, words: `${words[open.how]} of Service "${service.name}"` }];
  return [...own, ...routesTo(snapshot, service).map(({ by, path }) => ({ by, path, service, words: `${by.kind} "${by.name}"` }))];
}

/** False where every port of the Service goes by a name that no container of the pod has. */
function leadsTo(service: Resource, pod: Pod): boolean {
  const ports = asList(dig(service.object, 'spec', 'ports'));
  if (ports.length === 0) return true;
  return ports.some((port) => {
    const target = asString(field(port, 'targetPort'));
    return (
      target === undefined ||
      /^[0-9]+$/.test(target) ||
      pod.containers.some((container) => container.ports.some(({ spec }) => spec.name === target))
    );
  });
}

// Ends of a connection by the names people give them: a workload or pod, an address or block, the internet, the ingress controller.

import type { Cidr } from '../lib/cidr.ts';
import { parseAddress, parseCidr } from '../lib/cidr.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import { rangeOf, within } from './address-space.ts';
import type { Endpoint } from './endpoints.ts';
import { isInternet } from './internet.ts';
import type { Network } from './network.ts';
import type { Place } from './places.ts';

export interface NamedParty {
  readonly text: string;
  readonly places: readonly Place[];
  readonly endpoints: readonly Endpoint[];
  readonly namespace: string | undefined;
}

/** The block that a name stands for, so that a network can be cut at its bounds. */
export function blockNamed(name: string): Cidr | undefined {
  return parseCidr(name) ?? parseAddress(name);
}

/** Finds `web`, `shop/web`, a pod's name, `10.0.0.1`, `10.0.0.0/8` or `internet`. */
export function partyNamed(network: Network, name: string): Result<NamedParty, Problem> {
  const { places, workloads } = network;
  const block = blockNamed(name);
  const outside = (holds: (index: number) => boolean) =>
    places.external.flatMap((_, index) => (holds(index) ? [places.pods.length + index] : []));
  if (block !== undefined) {
    const range = rangeOf(block);
    const found = outside((index) => places.external[index] !== undefined && within(range, places.external[index]));
    return ok({ text: name, places: found, endpoints: [], namespace: undefined });
  }
  if (name === 'internet') {
    const found = outside((index) => places.external[index] !== undefined && isInternet(places.external[index]));
    return ok({ text: name, places: found, endpoints: [], namespace: undefined });
  }
  const slash = name.indexOf('/');
  const [namespace, own] = slash < 0 ? [undefined, name] : [name.slice(0, slash), name.slice(slash + 1)];
  const near = workloads.filter((workload) => namespace === undefined || workload.namespace === namespace);
  const owners = near.filter((workload) => workload.name === own);
  const found =
    owners.length > 0
      ? owners.flatMap(({ endpoints }) => endpoints)
      : near.flatMap(({ endpoints }) => endpoints.filter((pod) => pod.name === own));
  const [first] = found;
  if (first === undefined) {
    const names = workloads.slice(0, 5).map((workload) => `${workload.namespace}/${workload.name}`);
    return failure(
      problem(
        'network/unknown-peer',
        `no workload, pod or address is named "${name}"; there are ${names.join(', ')}${workloads.length > 5 ? ', …' : ''}`,
      ),
    );
  }
  const different = new Set(found.map(({ workload }) => `${workload.namespace}/${workload.name}`));
  if (different.size > 1)
    return failure(problem('network/unknown-peer', `"${name}" may be ${[...different].join(' or ')}; name the namespace too`));
  const { workload } = first;
  return ok({
    text: `${workload.namespace}/${owners.length > 0 ? workload.name : first.name}`,
    places: [...new Set(found.map((endpoint) => places.placeOf(endpoint)))],
    endpoints: found,
    namespace: workload.namespace,
  });
}

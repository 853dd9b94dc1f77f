// The questions of network-config-analyzer that have a number for an answer.

import { field } from '../../src/lib/json.ts';
import { isNobody, rulesOf, selected, without, withoutRule } from '../../src/network/checks.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import { type Network, withPolicies } from '../../src/network/network.ts';
import { directions, type Policy, type Rule } from '../../src/network/policy.ts';
import { noPorts, type PortSet } from '../../src/network/port-set.ts';
import type { Case } from './nca.ts';
import { explicit, manifestsOf, type PolicySet, somePair, type Universe, universe } from './nca-input.ts';

/** The number that a case asks for. */
export async function answer(folder: string, one: Case): Promise<number> {
  if (one.kind === 'validity') return validity(folder, one);
  if (one.kind === 'cmdline') return commandLine(folder, one);
  const all = await universe(folder, one.sets ?? [], one.configs);
  const { sets } = all;
  const sum = (count: (set: PolicySet) => number) => sets.reduce((total, set) => total + count(set), 0);
  const [first] = sets;
  if (first === undefined) return 0;
  const others = sets.slice(1);
  const pairs = sets.flatMap((a, index) => sets.slice(index + 1).map((b) => [a, b] as const));
  switch (one.kind) {
    case 'emptiness':
      return sum((set) => emptiness(set.plain));
    case 'vacuity':
      return sum((set) => Number(isVacuous(all, set.plain)));
    case 'redundancy':
      return sum((set) => redundancy(all, set.plain));
    case 'sanity':
      return sum((set) => sanity(all, set.plain));
    case 'disjointness':
      return sum((set) => overlaps(set.plain));
    case 'allCaptured':
      return sum((set) => uncaptured(set.plain, one.options?.outputEndpoints === 'pods'));
    case 'equivalence':
      return pairs.filter(([a, b]) => !same(all, a.network, b.network)).length;
    case 'strongEquivalence':
      return pairs.filter(([a, b]) => !stronglySame(all, a.network, b.network)).length;
    case 'containment':
      return others.filter((set) => contained(all, whole(set.network), whole(first.network))).length;
    case 'twoWayContainment':
      return pairs.reduce((total, [a, b]) => {
        const [left, right] = [contained(all, whole(a.network), whole(b.network)), contained(all, whole(b.network), whole(a.network))];
        return total + (left && right ? 3 : left ? 2 : right ? 1 : 0);
      }, 0);
    case 'permits':
      return others.filter((set) => !contained(all, ofRules(set.plain), whole(first.network))).length;
    case 'forbids':
      return others.filter((set) => meet(all, ofRules(set.plain), whole(first.network))).length;
    case 'interferes':
      return others.filter((set) => !contained(all, ofRules(set.plain), ofRules(first.network))).length;
    case 'pairwiseInterferes':
      return sets.reduce(
        (total, a) => total + sets.filter((b) => a !== b && !contained(all, ofRules(a.network), ofRules(b.network))).length,
        0,
      );
    default:
      return -1;
  }
}

type Connections = (from: number, to: number) => PortSet;

const whole = (net: Network): Connections => net.allowed;
const ofRules =
  (net: Network): Connections =>
  (from, to) =>
    explicit(net, from, to);

function same(all: Universe, a: Network, b: Network): boolean {
  return !somePair(all, (from, to) => a.allowed(from, to) !== b.allowed(from, to));
}

function contained(all: Universe, inner: Connections, outer: Connections): boolean {
  const { ports } = all.network;
  return !somePair(all, (from, to) => ports.difference(inner(from, to), outer(from, to)) !== noPorts);
}

function meet(all: Universe, a: Connections, b: Connections): boolean {
  const { ports } = all.network;
  return somePair(all, (from, to) => ports.intersection(a(from, to), b(from, to)) !== noPorts);
}

function key({ resource }: Policy): string {
  return `${resource.kind} ${resource.namespace}/${resource.name}`;
}

function stronglySame(all: Universe, a: Network, b: Network): boolean {
  const [left, right] = [new Map(a.policies.map((one) => [key(one), one])), new Map(b.policies.map((one) => [key(one), one]))];
  if (left.size !== right.size || [...left.keys()].some((name) => !right.has(name))) return false;
  return [...left].every(([name, policy]) => {
    const other = right.get(name);
    return other !== undefined && same(all, withPolicies(a, [policy]), withPolicies(b, [other]));
  });
}

/** Policies but for profiles, which are no policies to upstream's counts. */
function own(net: Network): readonly Policy[] {
  return net.policies.filter(({ tier }) => tier.name !== 'profiles');
}

function emptyRules(net: Network, policy: Policy): ReadonlySet<Rule> {
  return new Set([...rulesOf([policy])].flatMap(({ rule, all }) => (all.every((one) => isNobody(net, policy, one)) ? [rule] : [])));
}

function emptiness(net: Network): number {
  return own(net).reduce((sum, policy) => sum + Number(selected(net, policy).length === 0) + emptyRules(net, policy).size, 0);
}

function isVacuous(all: Universe, net: Network): boolean {
  return same(
    all,
    net,
    withPolicies(
      net,
      net.policies.filter(({ tier }) => tier.name === 'profiles'),
    ),
  );
}

/** The network of one layer alone: redundancy is asked within a layer. */
function layers(net: Network): readonly Network[] {
  const split = (['network', 'mesh'] as const).map((layer) => net.policies.filter(({ tier }) => tier.layer === layer));
  return split.filter((policies) => policies.length > 0).map((policies) => withPolicies(net, policies));
}

function isRedundant(all: Universe, net: Network, policy: Policy): boolean {
  return new Set(own(net).map(({ resource }) => resource)).size > 1 && same(all, net, without(net, policy));
}

function redundantRules(all: Universe, net: Network, policy: Policy): ReadonlySet<Rule> {
  return new Set(
    [...rulesOf([policy])].flatMap(({ direction, rule }) => (same(all, net, withoutRule(net, policy, direction, rule)) ? [rule] : [])),
  );
}

function redundancy(all: Universe, whole: Network): number {
  let count = 0;
  for (const net of layers(whole))
    for (const policy of own(net)) count += isRedundant(all, net, policy) ? 1 : redundantRules(all, net, policy).size;
  return count;
}

function sanity(all: Universe, whole: Network): number {
  const vacuous = isVacuous(all, whole);
  let count = vacuous ? 1 : 0;
  for (const net of layers(whole))
    for (const policy of own(net)) {
      if (selected(net, policy).length === 0) {
        count++;
        continue;
      }
      const empty = emptyRules(net, policy);
      count += empty.size;
      if (vacuous) continue;
      if (isRedundant(all, net, policy)) count++;
      else count += [...redundantRules(all, net, policy)].filter((rule) => !empty.has(rule)).length;
    }
  return count;
}

function overlaps(whole: Network): number {
  let count = 0;
  for (const net of layers(whole)) {
    const places = own(net).map((policy) => new Set(selected(net, policy)));
    places.forEach((a, index) => {
      count += places.slice(0, index).filter((b) => [...a].some((place) => b.has(place))).length;
    });
  }
  return count;
}

/** Pods that no policy is about: for ingress, and for egress but in a mesh. */
function uncaptured(net: Network, byPod: boolean): number {
  if (own(net).length === 0) return net.workloads.flatMap(({ endpoints }) => endpoints).reduce((sum, one) => sum + copies(one), 0);
  let count = 0;
  for (const layer of layers(net)) {
    const mesh = layer.policies[0]?.tier.layer === 'mesh';
    for (const direction of mesh ? (['ingress'] as const) : directions) {
      const bare = layer.workloads
        .flatMap(({ endpoints }) => endpoints)
        .filter((endpoint) => !layer.selecting(layer.places.placeOf(endpoint), direction).some(({ tier }) => tier.name !== 'profiles'));
      count += byPod ? bare.reduce((sum, one) => sum + copies(one), 0) : new Set(bare.map(({ workload }) => workload)).size;
    }
  }
  return count;
}

/** Upstream makes two pods of a template with more than one copy. */
function copies({ resource }: Endpoint): number {
  const replicas = field(resource.object.spec, 'replicas') ?? field(resource.object.spec, 'parallelism');
  return resource.kind === 'Pod' ? 1 : typeof replicas === 'number' ? Math.min(2, replicas) : 1;
}

async function validity(folder: string, one: Case): Promise<number> {
  let wrong = 0;
  for (const config of Object.values(one.configs)) {
    const { problems, strange } = await manifestsOf(folder, config);
    const name = Object.keys(one.configs)[0] ?? '';
    const { network } = await universe(folder, [name], one.configs);
    if (
      problems > 0 ||
      strange > 0 ||
      network.complaints.some(({ problem }) => problem.level === 'error' || problem.code === 'network/invalid-policy')
    )
      wrong++;
  }
  return wrong > 0 ? 1 : 0;
}

async function commandLine(folder: string, one: Case): Promise<number> {
  const query = one.query ?? '';
  const names = ['new', 'base'].filter((name) => one.configs[name] !== undefined);
  const all = await universe(folder, names, one.configs);
  const [head, base] = all.sets;
  if (head === undefined) return -1;
  if (one.options?.return_0 !== undefined) return 0;
  if (query.includes('sanity')) return sanity(all, head.plain) === 0 ? 0 : 1;
  if (base === undefined) return -1;
  if (query.includes('equiv') || query.includes('diff')) return same(all, head.network, base.network) ? 0 : 1;
  if (query.includes('interferes')) return contained(all, ofRules(base.plain), ofRules(head.plain)) ? 1 : 0;
  if (query.includes('permits')) return contained(all, ofRules(head.plain), whole(base.network)) ? 0 : 1;
  return meet(all, ofRules(head.plain), whole(base.network)) ? 1 : 0;
}

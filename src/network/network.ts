// Who may send what to whom, as the policies of a snapshot say: the engine. A connection needs its source's egress and its destination's
// ingress. Policies that select the same places form one profile; what a profile lets through is computed once, as a row over all places,
// when someone asks. Replies to allowed connections always pass; they are not connections of their own.
// Left out: Cilium, Calico, Antrea and Istio policies (`unevaluated` names them), several networks per pod, and pods with addresses of both
// families of which a block matches one: there the block counts as matching.

import type { Labels } from '../kube/selector.ts';
import type { Cidr } from '../lib/cidr.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type Endpoint, namespacesOf, nodesOf, type Workload, workloadsOf } from './endpoints.ts';
import { type Place, type Places, placesOf, type Reading } from './places.ts';
import { policiesOf } from './policies.ts';
import type { Complaint, Direction, Policy, Rule } from './policy.ts';
import { allPorts, noPorts, type PortSet, type PortSets, portSets } from './port-set.ts';

export interface Network {
  readonly snapshot: Snapshot;
  readonly reading: Reading;
  readonly workloads: readonly Workload[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly Policy[];
  readonly unevaluated: readonly Resource[];
  /** What is wrong with objects: policies the API server would refuse (left out), rules that cannot match, contradictions. */
  readonly complaints: readonly Complaint[];
  readonly places: Places;
  readonly ports: PortSets;
  /** The policies that select a place in a direction, in order. */
  readonly selecting: (place: Place, direction: Direction) => readonly Policy[];
  /** True where some NetworkPolicy selects the place in that direction: what none of them allows is dropped. */
  readonly isolated: (place: Place, direction: Direction) => boolean;
  /** What the source's own policies let out to the destination. */
  readonly egress: (source: Place, destination: Place) => PortSet;
  /** What the destination's own policies let in from the source. */
  readonly ingress: (source: Place, destination: Place) => PortSet;
  /** What passes both. */
  readonly allowed: (source: Place, destination: Place) => PortSet;
  /** What passes from one pod to another: to itself and, for traffic from its own node, everything does. */
  readonly between: (source: Endpoint, destination: Endpoint) => PortSet;
}

export const defaultReading: Reading = {
  blocksMatchPods: true,
  hostNetwork: 'node',
  ingressPort: 'service',
  unknownPods: 'namespace-labels',
};

/** Builds the engine. Rows are computed when they are asked for. `cuts` are blocks that the caller wants to ask about. */
export function network(snapshot: Snapshot, reading: Reading = defaultReading, cuts: readonly Cidr[] = []): Network {
  const { workloads, complaints: refused } = workloadsOf(snapshot);
  const namespaces = namespacesOf(snapshot);
  const { all: policies, complaints, unevaluated } = policiesOf(snapshot);
  const endpoints = workloads.flatMap((workload) => workload.endpoints);
  const places = placesOf(endpoints, namespaces, nodesOf(snapshot), policies, cuts, reading);
  const ports = portSets();
  const rows = { ingress: profiles(places, policies, 'ingress', ports), egress: profiles(places, policies, 'egress', ports) };
  const egress = (source: Place, destination: Place) => rows.egress.row(source)[destination] ?? noPorts;
  const ingress = (source: Place, destination: Place) => rows.ingress.row(destination)[source] ?? noPorts;
  const allowed = (source: Place, destination: Place) => {
    const out = egress(source, destination);
    return out === noPorts ? noPorts : ports.intersection(out, ingress(source, destination));
  };
  return {
    snapshot,
    reading,
    workloads,
    namespaces,
    policies,
    unevaluated,
    complaints: [...refused, ...complaints],
    places,
    ports,
    selecting: (place, direction) => rows[direction].selecting(place),
    isolated: (place, direction) => rows[direction].selecting(place).some(({ tier }) => tier === 'network'),
    egress,
    ingress,
    allowed,
    between: (source, destination) => {
      if (source === destination && source.resource.kind === 'Pod') return allPorts;
      const [from, to] = [places.placeOf(source), places.placeOf(destination)];
      return fromOwnNode(source, destination) ? egress(from, to) : allowed(from, to);
    },
  };
}

/** Traffic from the node a pod runs on is let in whatever its policies say; kubelet's probes need that. */
export function fromOwnNode(source: Endpoint, destination: Endpoint): boolean {
  return source.hostNetwork && source.node !== undefined && source.node === destination.node;
}

interface Profiles {
  readonly selecting: (place: Place) => readonly Policy[];
  readonly row: (place: Place) => Int32Array;
}

function profiles(places: Places, policies: readonly Policy[], direction: Direction, ports: PortSets): Profiles {
  const chosen: number[][] = places.pods.map(() => []);
  policies.forEach((policy, index) => {
    if (!policy.applies[direction]) return;
    for (const place of places.matching(policy.subject, policy.resource.namespace)) chosen[place]?.push(index);
  });
  const named = policies.map((policy) => policy.rules[direction].some((rule) => rule.ports?.some(({ kind }) => kind === 'named') === true));
  const open = new Int32Array(places.count).fill(allPorts);
  const known = new Map<string, Int32Array>();
  const byPlace: (Int32Array | undefined)[] = [];
  const selecting = (place: Place) => (chosen[place] ?? []).flatMap((index) => policies[index] ?? []);
  return {
    selecting,
    row: (place) => {
      const ready = byPlace[place];
      if (ready !== undefined) return ready;
      const indexes = chosen[place] ?? [];
      if (indexes.length === 0) return open;
      const own =
        direction === 'ingress' && indexes.some((index) => named[index] === true) ? JSON.stringify(places.pods[place]?.ports) : '';
      const key = `${indexes.join()} ${own}`;
      let row = known.get(key);
      if (row === undefined) {
        row = rowOf(places, selecting(place), direction, place, ports);
        known.set(key, row);
      }
      byPlace[place] = row;
      return row;
    },
  };
}

/** What passes between a selected place and every place, in one direction. */
function rowOf(places: Places, policies: readonly Policy[], direction: Direction, subject: Place, ports: PortSets): Int32Array {
  const allowed = new Int32Array(places.count);
  const undecided = new Int32Array(places.count).fill(allPorts);
  const ask = (policy: Policy, rule: Rule, passed: Int32Array | undefined) => {
    const constant = rulePorts(rule, direction === 'ingress' ? places.pods[subject]?.ports : undefined, ports);
    for (const peer of rule.peers ?? anyPeer)
      for (const place of places.matching(peer, policy.resource.namespace)) {
        const matched = constant ?? rulePorts(rule, places.pods[place]?.ports ?? [], ports) ?? noPorts;
        if (passed === undefined) {
          allowed[place] = ports.union(allowed[place] ?? noPorts, ports.intersection(matched, undecided[place] ?? noPorts));
          continue;
        }
        const decided = ports.intersection(matched, undecided[place] ?? noPorts);
        if (decided === noPorts) continue;
        undecided[place] = ports.difference(undecided[place] ?? noPorts, decided);
        if (rule.action === 'allow') allowed[place] = ports.union(allowed[place] ?? noPorts, decided);
        else if (rule.action === 'pass') passed[place] = ports.union(passed[place] ?? noPorts, decided);
      }
  };
  const tier = (name: Policy['tier']) => policies.filter((policy) => policy.tier === name);
  const ordered = (name: 'admin' | 'baseline') => {
    const found = tier(name);
    if (found.length === 0) return;
    const passed = new Int32Array(places.count);
    for (const policy of found) for (const rule of policy.rules[direction]) ask(policy, rule, passed);
    passed.forEach((set, place) => {
      if (set !== noPorts) undecided[place] = ports.union(undecided[place] ?? noPorts, set);
    });
  };
  ordered('admin');
  const isolating = tier('network');
  for (const policy of isolating) for (const rule of policy.rules[direction]) ask(policy, rule, undefined);
  if (isolating.length > 0) return allowed;
  ordered('baseline');
  undecided.forEach((set, place) => {
    allowed[place] = ports.union(allowed[place] ?? noPorts, set);
  });
  return allowed;
}

const anyPeer = [{ kind: 'always' as const }];

/** The ports of a rule; `named` are the names that the destination knows. Undefined where names occur and the destination is still open. */
export function rulePorts(
  rule: Rule,
  named: readonly { name: string; protocol: string; number: number }[] | undefined,
  sets: PortSets,
): PortSet | undefined {
  if (rule.ports === undefined) return allPorts;
  if (named === undefined && rule.ports.some(({ kind }) => kind === 'named')) return undefined;
  return sets.of(
    rule.ports.flatMap((port) =>
      port.kind === 'range'
        ? [port]
        : (named ?? [])
            .filter(({ name, protocol }) => name === port.name && (port.protocol === undefined || protocol === port.protocol))
            .map(({ protocol, number }) => ({ protocol: protocol as 'TCP' | 'UDP' | 'SCTP', first: number, last: number })),
    ),
  );
}

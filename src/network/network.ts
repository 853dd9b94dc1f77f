// Who may send what to whom, as the policies of a snapshot say: the engine. A connection needs its source's egress and its destination's
// ingress. Policies that select the same places form one profile; what a profile lets through is computed once, as a row over all places,
// when someone asks. Replies to allowed connections always pass; they are not connections of their own.
// Left out: policies of Antrea and OVN (`unevaluated` names them), several networks per pod, and pods with addresses of both families of which a
// block matches one: there the block counts as matching.

import type { Labels } from '../kube/selector.ts';
import type { Cidr } from '../lib/cidr.ts';
import { dig, stringMap } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { addressSets, withCalicoEndpoints } from './calico/surroundings.ts';
import { type Endpoint, namespacesOf, nodesOf, type Workload, workloadsOf } from './endpoints.ts';
import { istioContext } from './istio/context.ts';
import { type Place, type Places, placesOf, questionOf, type Reading, type Surroundings } from './places.ts';
import { isPolicy, policiesOf } from './policies.ts';
import { type Complaint, type Direction, type Policy, type RequestMatch, tiers } from './policy.ts';
import { allPorts, noPorts, type PortSet, type PortSets, portSets, type Scope } from './port-set.ts';
import { oneRequest, requestSpace } from './requests.ts';
import { type KnownRows, profiles, type Row } from './rows.ts';

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
  /** What the policies of a place let through between it and every place, by place. */
  readonly row: (place: Place, direction: Direction) => Row;
  /** What passes both. */
  readonly allowed: (source: Place, destination: Place) => PortSet;
  /** What passes from one pod to another: to itself and, for traffic from its own node, everything does. */
  readonly between: (source: Endpoint, destination: Endpoint) => PortSet;
  /** Visits every pair of places between which something passes, in an order that suits the machine. */
  readonly sweep: (visit: (source: Place, destination: Place, ports: PortSet) => void) => void;
}

export const defaultReading: Reading = {
  blocksMatchPods: true,
  hostNetwork: 'node',
  ingressPort: 'service',
  unknownPods: 'namespace-labels',
};

/**
 * Builds the engine. Rows are computed when they are asked for. `cuts` are blocks that the caller wants to ask about. With a `previous`
 * network, what a change of policies does not touch is taken over: pods, places, and rows of profiles that stayed as they were.
 */
export function network(snapshot: Snapshot, reading: Reading = defaultReading, cuts: readonly Cidr[] = [], previous?: Network): Network {
  const kept = previous === undefined ? undefined : internals.get(previous);
  const scene =
    kept !== undefined && previous?.reading === reading && sameScene(previous?.snapshot, snapshot)
      ? kept.scene
      : sceneOf(snapshot, reading);
  const { workloads, complaints: refused, namespaces } = scene;
  const { all: policies, complaints, unevaluated } = policiesOf(snapshot, namespaces, reading);
  const scope = scopeOfPorts(policies);
  const question = `${questionOf(policies, cuts, reading)} ${scope.others} ${scope.requests.count}`;
  const unchanged =
    kept !== undefined && kept.scene === scene && kept.question === question && scope.requests.count === 1 ? kept : undefined;
  const places = unchanged?.places ?? placesOf(scene.endpoints, scene.surroundings, policies, cuts, reading);
  const ports = unchanged?.ports ?? portSets(scope);
  const known: KnownRows = unchanged?.known ?? new Map();
  const base = { snapshot, reading, workloads, namespaces, unevaluated, complaints: [...refused, ...complaints], places, ports };
  const built = assembled(base, policies, known);
  internals.set(built, { scene, question, places, ports, known });
  return built;
}

/**
 * The same network under other policies: some of its own, or changed ones that ask nothing new of pods and addresses. Its sets of ports and its
 * places are shared, so that answers of the two can be compared by number.
 */
export function withPolicies(network: Network, policies: readonly Policy[]): Network {
  return assembled(network, policies, internals.get(network)?.known ?? new Map());
}

type Base = Pick<Network, 'snapshot' | 'reading' | 'workloads' | 'namespaces' | 'unevaluated' | 'complaints' | 'places' | 'ports'>;

function assembled(base: Base, policies: readonly Policy[], known: KnownRows): Network {
  const { places, ports } = base;
  const rows = {
    ingress: profiles(places, policies, 'ingress', ports, known),
    egress: profiles(places, policies, 'egress', ports, known),
  };
  const egress = (source: Place, destination: Place) => rows.egress.row(source)[destination] ?? noPorts;
  const ingress = (source: Place, destination: Place) => rows.ingress.row(destination)[source] ?? noPorts;
  const allowed = (source: Place, destination: Place) => {
    const out = egress(source, destination);
    return out === noPorts ? noPorts : ports.intersection(out, ingress(source, destination));
  };
  return {
    ...base,
    policies,
    selecting: (place, direction) => rows[direction].selecting(place),
    isolated: (place, direction) =>
      rows[direction].selecting(place).some(({ tier, isolates }) => tier.otherwise === 'deny' && isolates[direction]),
    egress,
    ingress,
    row: (place, direction) => rows[direction].row(place),
    allowed,
    between: (source, destination) => {
      if (source === destination && source.resource.kind === 'Pod') return allPorts;
      const [from, to] = [places.placeOf(source), places.placeOf(destination)];
      return fromOwnNode(source, destination) ? egress(from, to) : allowed(from, to);
    },
    sweep: (visit) => {
      for (let start = 0; start < places.count; start += tile) {
        const sources = Array.from({ length: Math.min(tile, places.count - start) }, (_, index) => rows.egress.row(start + index));
        for (let destination = 0; destination < places.count; destination++) {
          const incoming = rows.ingress.row(destination);
          for (let index = 0; index < sources.length; index++) {
            const source = start + index;
            if (source >= places.pods.length && destination >= places.pods.length) continue;
            const incomes = incoming[source] ?? noPorts;
            if (incomes === noPorts) continue;
            const set = ports.intersection(sources[index]?.[destination] ?? noPorts, incomes);
            if (set !== noPorts) visit(source, destination, set);
          }
        }
      }
    },
  };
}

/** Sources that are swept together: their rows and the destination's stay in the cache of the processor. */
const tile = 64;

/** What does not follow from policies. */
interface Scene {
  readonly workloads: readonly Workload[];
  readonly complaints: readonly Complaint[];
  readonly endpoints: readonly Endpoint[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly surroundings: Surroundings;
}

interface Internals {
  readonly scene: Scene;
  readonly question: string;
  readonly places: Places;
  readonly ports: PortSets;
  readonly known: KnownRows;
}

const internals = new WeakMap<Network, Internals>();

function sceneOf(snapshot: Snapshot, reading: Reading): Scene {
  const { workloads, complaints } = workloadsOf(withCalicoEndpoints(snapshot));
  const endpoints = workloads.flatMap((workload) => workload.endpoints);
  const namespaces = namespacesOf(snapshot);
  const accounts = ofKind(snapshot, '', 'ServiceAccount').map(
    ({ namespace, name, object }) => [`${namespace}/${name}`, stringMap(dig(object, 'metadata', 'labels'))] as const,
  );
  const surroundings: Surroundings = {
    namespaces,
    nodes: nodesOf(snapshot),
    serviceAccounts: new Map(accounts),
    sets: addressSets(snapshot, namespaces),
    inMesh: istioContext(snapshot, namespaces, reading)?.inMesh ?? (() => false),
  };
  return { workloads, complaints, endpoints, namespaces, surroundings };
}

/** What ports must be told apart beside TCP, UDP and SCTP. Kubernetes' own policies know nothing else. */
function scopeOfPorts(policies: readonly Policy[]): Scope {
  const requests: RequestMatch[] = [];
  let others = false;
  for (const { rules, resource, tier } of policies) {
    if (resource.group !== 'networking.k8s.io' && tier !== tiers.admin && tier !== tiers.baseline) others = true;
    for (const rule of [...rules.ingress, ...rules.egress])
      for (const port of rule.ports ?? []) if (port.kind === 'range' && port.requests !== undefined) requests.push(port.requests);
  }
  return { others, requests: requestSpace(requests) ?? oneRequest };
}

/** True where two snapshots differ in policies alone. */
function sameScene(a: Snapshot | undefined, b: Snapshot): boolean {
  const others = (snapshot: Snapshot) => snapshot.resources.filter((one) => !isPolicy(one));
  const [before, after] = [others(a ?? b), others(b)];
  return before.length === after.length && before.every((one, index) => one === after[index]);
}

/** Traffic from the node a pod runs on is let in whatever its policies say; kubelet's probes need that. */
export function fromOwnNode(source: Endpoint, destination: Endpoint): boolean {
  return source.hostNetwork && source.node !== undefined && source.node === destination.node;
}

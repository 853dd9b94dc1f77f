// Places: what policies cannot tell apart is one place, however many pods it has. A pod's place follows from its namespace, the labels that
// some selector asks for, the names of ports that some rule uses, and, where a reading lets blocks match pods, which parts of the address
// space hold its addresses. Behind the places of pods come the parts of the address space outside.

import type { Labels } from '../kube/selector.ts';
import { matches, type Selector } from '../kube/selector.ts';
import type { Cidr } from '../lib/cidr.ts';
import { type AddressRange, type Block, cut, rangeOf, within } from './address-space.ts';
import type { Endpoint, NamedPort, Node } from './endpoints.ts';
import { type Expression, type Facts, holds, questions } from './expression.ts';
import { directions, type Peer, type PodMatch, type Policy } from './policy.ts';

/** Which of the answers that the API leaves to the network plug-in is taken. */
export interface Reading {
  /** Whether ipBlock and networks match the addresses of pods: Calico, OVN-Kubernetes and kube-network-policies say yes, Cilium no. */
  readonly blocksMatchPods: boolean;
  /** Whether pods on the host's network are nodes (selected by no policy, no peer by their labels), as most plug-ins have it, or like any pod. */
  readonly hostNetwork: 'node' | 'pod';
  /** How an Ingress names a Service's port: by the Service's number or name, as the API has it; some tools take the number of the target too. */
  readonly ingressPort: 'service' | 'service-or-target';
  /** What is known of a namespace when a rule asks about pods that may come: all its labels, or nothing but its name. */
  readonly unknownPods: 'namespace-labels' | 'namespace-name';
  /** Which of policies of one order is asked first: by name, as plug-ins have it, or as they are met. */
  readonly ties?: 'name' | 'appearance';
  /**
   * Where the mesh's own settings do not say: its root namespace, whether what a Sidecar does not list is out of reach in any case, and whether
   * every pod is in the mesh.
   */
  readonly mesh?: { readonly rootNamespace: string; readonly sidecarsHide: boolean; readonly everyPod: boolean };
}

/** A number: pods first, then `external`. */
export type Place = number;

export interface PodPlace {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
  readonly endpoints: readonly Endpoint[];
  /** True where it counts as its node. */
  readonly host: boolean;
  /** Parts of the address space that hold its addresses. */
  readonly parts: readonly number[];
  readonly node: Node | undefined;
  readonly facts: Facts;
}

/** Addresses with labels, which expressions find as they find pods: Calico's network sets. */
export interface AddressSet {
  readonly facts: Facts;
  readonly blocks: readonly Cidr[];
}

/** What is known of namespaces, accounts and the mesh, for expressions. */
export interface Surroundings {
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly nodes: readonly Node[];
  readonly serviceAccounts: ReadonlyMap<string, Labels>;
  readonly sets: readonly AddressSet[];
  readonly inMesh: (endpoint: Endpoint) => boolean;
}

export interface Places {
  readonly pods: readonly PodPlace[];
  /** Part n has place `pods.length + n`. */
  readonly external: readonly AddressRange[];
  readonly count: number;
  readonly placeOf: (endpoint: Endpoint) => Place;
  /** The places that a peer of a policy of this namespace matches, in order. */
  readonly matching: (peer: Peer, namespace: string) => Int32Array;
}

/** Sorts endpoints into places. `cuts` are further bounds in the address space that the caller asks about. */
export function placesOf(
  endpoints: readonly Endpoint[],
  { namespaces, nodes, serviceAccounts, sets, inMesh }: Surroundings,
  policies: readonly Policy[],
  cuts: readonly Cidr[],
  reading: Reading,
): Places {
  const asked = askedOf(policies);
  const wantsSets = asked.expressions && sets.length > 0;
  const nodeBlocks = asked.nodes ? nodes.flatMap(({ addresses }) => addresses.map(single)) : [];
  const external = cut([...asked.blocks, ...sets.flatMap(({ blocks }) => blocks), ...nodeBlocks, ...cuts]);
  const nodeByName = new Map(nodes.map((node) => [node.name, node]));
  const pods: { readonly place: PodPlace; readonly endpoints: Endpoint[] }[] = [];
  const placeByEndpoint = new Map<Endpoint, Place>();
  const bySignature = new Map<string, Place>();
  const byNamespace = new Map<string, Place[]>();
  for (const endpoint of endpoints) {
    const { namespace } = endpoint.workload;
    const host = endpoint.hostNetwork && reading.hostNetwork === 'node';
    const ports = endpoint.ports.filter(({ name }) => asked.ports.has(name));
    const parts = reading.blocksMatchPods && (asked.blocks.length > 0 || wantsSets) ? partsOf(endpoint.addresses, external) : [];
    const node = host && asked.nodes ? nodeByName.get(endpoint.node ?? '') : undefined;
    const { serviceAccount, profiles } = endpoint;
    const meshed = asked.mesh && inMesh(endpoint);
    const signature = JSON.stringify([
      namespace,
      host,
      asked.keys.map((key) => own(endpoint.labels, key)),
      ports,
      parts,
      node?.name,
      ...(asked.expressions ? [asked.accounts ? serviceAccount : '', asked.profiles ? profiles : [], meshed] : []),
    ]);
    let place = bySignature.get(signature);
    if (place === undefined) {
      place = pods.length;
      bySignature.set(signature, place);
      const members: Endpoint[] = [];
      const facts: Facts = {
        namespace,
        labels: endpoint.labels,
        namespaceLabels: namespaces.get(namespace) ?? {},
        serviceAccount,
        serviceAccountLabels: serviceAccounts.get(`${namespace}/${serviceAccount}`) ?? {},
        profiles,
        inMesh: meshed,
      };
      pods.push({ place: { namespace, labels: endpoint.labels, ports, endpoints: members, host, parts, node, facts }, endpoints: members });
      const list = byNamespace.get(namespace) ?? [];
      list.push(place);
      byNamespace.set(namespace, list);
    }
    pods[place]?.endpoints.push(endpoint);
    placeByEndpoint.set(endpoint, place);
  }
  const found = pods.map(({ place }) => place);
  const count = found.length + external.length;
  const addressed = found.flatMap(({ parts }, place) => (parts.length > 0 ? [place] : []));
  const everything = Int32Array.from({ length: count }, (_, place) => place);
  const inNamespaces = remembered((selector: Selector) =>
    [...namespaces].filter(([, labels]) => matches(selector, labels)).flatMap(([namespace]) => byNamespace.get(namespace) ?? []),
  );
  const podsIn = (peer: PodMatch, namespace: string) => {
    const candidates = peer.namespaces === undefined ? (byNamespace.get(namespace) ?? []) : inNamespaces(peer.namespaces);
    return Int32Array.from(candidates.filter((place) => found[place]?.host === false && matches(peer.pods, found[place].labels)));
  };
  const known = new Map<string, Int32Array>();
  const byPeer = new WeakMap<Peer, Map<string, Int32Array>>();
  const matching = (peer: Peer, namespace: string) => {
    const own = byPeer.get(peer) ?? new Map<string, Int32Array>();
    byPeer.set(peer, own);
    const found = own.get(namespace) ?? matchingText(peer, namespace);
    own.set(namespace, found);
    return found;
  };
  const matchingText = (peer: Peer, namespace: string) => {
    const key = peer.kind === 'pods' ? text([peer.namespaces ?? namespace, peer.pods]) : text([peer, namespace]);
    let places = known.get(key);
    if (places === undefined) {
      places = placesFor(peer, namespace);
      known.set(key, places);
    }
    return places;
  };
  return { pods: found, external, count, placeOf: (endpoint) => placeByEndpoint.get(endpoint) ?? -1, matching };

  function placesFor(peer: Peer, namespace: string): Int32Array {
    switch (peer.kind) {
      case 'pods':
        return podsIn(peer, namespace);
      case 'nodes':
        return atNodes(peer.nodes);
      case 'where':
        return holding(peer.expression);
      case 'block':
        return inAddresses(peer.block, peer.pods !== 'never');
      case 'both':
        return bothOf(peer.of, namespace);
      case 'not': {
        const without = new Set(matching(peer.of, namespace));
        return everything.filter((place) => !without.has(place));
      }
      case 'outside': {
        const taken = new Set(nodes.flatMap(({ addresses }) => partsOf(addresses, external)));
        return outside(new Set([...external.keys()].filter((part) => !taken.has(part))), () => false);
      }
      case 'always':
        return everything;
      case 'never':
        return new Int32Array();
    }
  }

  function atNodes(selector: Selector): Int32Array {
    const chosen = nodes.filter(({ labels }) => matches(selector, labels));
    const parts = new Set(chosen.flatMap(({ addresses }) => partsOf(addresses, external)));
    return outside(parts, ({ node }) => node !== undefined && chosen.includes(node));
  }

  /** The parts that make up a range at whose bounds the space was cut. */
  function partsIn(range: AddressRange): readonly number[] {
    const parts: number[] = [];
    let part = partOf(range, external)[0] ?? external.length;
    for (let here = external[part]; here !== undefined && within(range, here); here = external[++part]) parts.push(part);
    return parts;
  }

  function inAddresses(block: Block, pods: boolean): Int32Array {
    const parts = new Set(partsIn(rangeOf(block.cidr)));
    for (const hole of block.except) for (const part of partsIn(rangeOf(hole))) parts.delete(part);
    const some = pods ? addressed.filter((place) => found[place]?.parts.some((part) => parts.has(part))) : [];
    return Int32Array.from([...some, ...[...parts].map((part) => found.length + part)]);
  }

  function holding(expression: Expression): Int32Array {
    const parts = new Set(
      sets.filter(({ facts }) => holds(expression, facts)).flatMap(({ blocks }) => blocks.flatMap((cidr) => partsIn(rangeOf(cidr)))),
    );
    return outside(parts, (place) => place.parts.some((part) => parts.has(part)) || (!place.host && holds(expression, place.facts)));
  }

  function bothOf(peers: readonly Peer[], namespace: string): Int32Array {
    const [first, ...rest] = peers.map((peer) => matching(peer, namespace));
    const others = rest.map((places) => new Set(places));
    return (first ?? everything).filter((place) => others.every((places) => places.has(place)));
  }

  function outside(parts: ReadonlySet<number>, holds: (place: PodPlace) => boolean): Int32Array {
    const places = found.flatMap((place, index) => (holds(place) ? [index] : []));
    for (const part of parts) places.push(found.length + part);
    return Int32Array.from(places);
  }
}

/** What the places depend on beside pods and nodes, as a text: equal texts, equal places. */
export function questionOf(policies: readonly Policy[], cuts: readonly Cidr[], reading: Reading): string {
  const { keys, ports, blocks, nodes, ...asked } = askedOf(policies);
  const cidrs = [...blocks, ...cuts].map(({ family, first, bits }) => `${family} ${first} ${bits}`);
  return JSON.stringify([[...keys].sort(), [...ports].sort(), [...new Set(cidrs)].sort(), nodes, asked, reading]);
}

interface Asked {
  readonly keys: readonly string[];
  readonly ports: ReadonlySet<string>;
  readonly blocks: readonly Cidr[];
  readonly nodes: boolean;
  readonly expressions: boolean;
  readonly mesh: boolean;
  readonly accounts: boolean;
  readonly profiles: boolean;
}

/** What the policies ask about pods and addresses. */
function askedOf(policies: readonly Policy[]): Asked {
  const keys = new Set<string>();
  const ports = new Set<string>();
  const blocks: Cidr[] = [];
  let [nodes, expressions, mesh, accounts, profiles] = [false, false, false, false, false];
  const ask = (peer: Peer) => {
    switch (peer.kind) {
      case 'pods':
        for (const { key } of peer.pods) keys.add(key);
        break;
      case 'block':
        blocks.push(peer.block.cidr, ...peer.block.except);
        break;
      case 'nodes':
      case 'outside':
        nodes = true;
        break;
      case 'where':
        expressions = true;
        for (const { what, key } of questions(peer.expression)) {
          if (what === 'label') keys.add(key);
          else if (what === 'mesh') mesh = true;
          else if (what === 'profile') profiles = true;
          else if (what !== 'namespace' && what !== 'namespaceLabel') accounts = true;
        }
        break;
      case 'both':
        peer.of.forEach(ask);
        break;
      case 'not':
        ask(peer.of);
        break;
    }
  };
  for (const { subject, rules } of policies) {
    ask(subject);
    for (const { peers = [], ports: wanted = [], self } of directions.flatMap((direction) => rules[direction])) {
      peers.forEach(ask);
      if (self !== undefined) ask(self);
      for (const port of wanted) if (port.kind === 'named') ports.add(port.name);
    }
  }
  return { keys: [...keys], ports, blocks, nodes, expressions, mesh, accounts, profiles };
}

function own(labels: Labels, key: string): string | null {
  return Object.hasOwn(labels, key) ? (labels[key] ?? null) : null;
}

function single({ family, first }: AddressRange): Cidr {
  return { family, first, bits: family === 4 ? 32 : 128 };
}

/** The parts that hold some of these addresses. */
function partsOf(addresses: readonly AddressRange[], external: readonly AddressRange[]): readonly number[] {
  return [...new Set(addresses.flatMap((address) => partOf(address, external)))].sort((a, b) => a - b);
}

function partOf(address: AddressRange, external: readonly AddressRange[]): readonly number[] {
  let [low, high] = [0, external.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const part = external[middle];
    if (part !== undefined && (part.family < address.family || (part.family === address.family && part.first <= address.first)))
      low = middle;
    else high = middle - 1;
  }
  const part = external[low];
  return part !== undefined && part.family === address.family && part.first <= address.first ? [low] : [];
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString(16) : item));
}

function remembered<T>(compute: (selector: Selector) => T): (selector: Selector) => T {
  const known = new Map<string, T>();
  return (selector) => {
    const key = text(selector);
    let value = known.get(key);
    if (value === undefined) {
      value = compute(selector);
      known.set(key, value);
    }
    return value;
  };
}

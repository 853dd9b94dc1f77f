// policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy: tiers Admin and Baseline in one kind, actions Accept, Deny and Pass, `protocols` in
// place of ports. Pass leaves the tier: from Admin to NetworkPolicy, from Baseline to the default, which allows. A field of a peer or port that is not known fails
// closed, as the API asks of implementations: an Accept rule then matches nothing, Deny and Pass match everything.
// Left out: `domainNames`: such a peer matches nothing here, and that is said.

import { asList, asString, field, isObject, type Json } from '../lib/json.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import { networksAt, subjectAt } from './admin-policy.ts';
import { type Direction, type Peer, type PortMatch, type ReadPolicy, type Rule, tiers } from './policy.ts';
import { type Complaining, namespacesAt, podsAt, portAt, reading, selectorAt } from './read-policy.ts';

const actions: Readonly<Record<string, Rule['action']>> = { Accept: 'allow', Deny: 'deny', Pass: 'pass' };

/** Reads a ClusterNetworkPolicy. */
export function clusterPolicy(resource: Resource): ReadPolicy {
  return reading(resource, (complaints) => {
    const spec = resource.object.spec;
    const tier = field(spec, 'tier');
    if (tier !== 'Admin' && tier !== 'Baseline') complaints.refuse('/spec/tier', 'a tier is Admin or Baseline');
    const priority = field(spec, 'priority');
    const known = typeof priority === 'number' && Number.isInteger(priority) && priority >= 0 && priority <= 1000;
    if (!known) complaints.refuse('/spec/priority', 'a priority is a whole number from 0 to 1000');
    const rules = (direction: Direction) =>
      asList(field(spec, direction)).map((rule, index) => ruleOf(rule, `/spec/${direction}/${index}`, direction, complaints));
    const read = { ingress: rules('ingress'), egress: rules('egress') };
    return {
      resource,
      tier: tier === 'Baseline' ? tiers.baseline : tiers.admin,
      priority: known ? priority : 0,
      subject: subjectAt(field(spec, 'subject'), complaints),
      applies: { ingress: read.ingress.length > 0, egress: read.egress.length > 0 },
      isolates: { ingress: false, egress: false },
      rules: read,
    };
  });
}

function ruleOf(rule: Json, path: string, direction: Direction, complaints: Complaining): Rule {
  const side = direction === 'ingress' ? 'from' : 'to';
  const written = asString(field(rule, 'action')) ?? '';
  const action = Object.hasOwn(actions, written) ? actions[written] : undefined;
  if (action === undefined) complaints.refuse(`${path}/action`, `"${written}" is no action; there are ${Object.keys(actions).join(', ')}`);
  const peers = asList(field(rule, side));
  if (peers.length === 0) complaints.refuse(`${path}/${side}`, 'at least one peer must be given');
  const closed = unknown(action ?? 'deny');
  const ports = asList(field(rule, 'protocols')).map((port, index) => portOf(port, `${path}/protocols/${index}`, complaints));
  const knownPorts = ports.filter((port) => port !== undefined);
  const unreadable = knownPorts.length < ports.length;
  return {
    action: action ?? 'deny',
    name: asString(field(rule, 'name')),
    path,
    peers: peers.flatMap((peer, index) => peersOf(peer, `${path}/${side}/${index}`, direction, closed, complaints)),
    ports: ports.length === 0 || (unreadable && closed.kind === 'always') ? undefined : knownPorts,
  };
}

function unknown(action: Rule['action']): Peer {
  return { kind: action === 'allow' ? 'never' : 'always' };
}

function peersOf(peer: Json, path: string, direction: Direction, closed: Peer, complaints: Complaining): readonly Peer[] {
  const given = isObject(peer) ? Object.keys(peer).filter((key) => peer[key] !== undefined && peer[key] !== null) : [];
  const [kind] = given;
  if (given.length > 1) complaints.refuse(path, 'exactly one kind of peer must be given');
  if (kind === 'namespaces') return [namespacesAt(field(peer, kind), `${path}/namespaces`, complaints)];
  if (kind === 'pods') return [podsAt(field(peer, kind), `${path}/pods`, complaints)];
  if (direction === 'egress' && kind === 'networks') return networksAt(field(peer, kind), `${path}/networks`, complaints);
  if (direction === 'egress' && kind === 'nodes')
    return [{ kind: 'nodes', nodes: selectorAt(field(peer, kind), `${path}/nodes`, complaints) }];
  const what =
    kind === 'domainNames' ? 'which addresses the domain names have is not known here' : `"${kind ?? ''}" is no kind of peer known here`;
  complaints.warn(
    'network/not-evaluated',
    path,
    `${what}; the peer is taken to match ${closed.kind === 'never' ? 'nothing' : 'everything'}`,
  );
  return [closed];
}

/** Undefined where the entry has no field that is known here. */
function portOf(port: Json, path: string, complaints: Complaining): PortMatch | undefined {
  const name = asString(field(port, 'destinationNamedPort'));
  if (name !== undefined) return { kind: 'named', name, protocol: undefined };
  for (const [key, protocol] of [
    ['tcp', 'TCP'],
    ['udp', 'UDP'],
    ['sctp', 'SCTP'],
  ] as const) {
    const entry = field(port, key) ?? undefined;
    if (entry === undefined) continue;
    const destination = field(entry, 'destinationPort') ?? undefined;
    if (destination === undefined) return { kind: 'range', protocol, first: 1, last: 65535 };
    const at = `${path}/${key}/destinationPort`;
    const range = field(destination, 'range') ?? undefined;
    if (range === undefined) {
      const number = portAt(field(destination, 'number'), at, complaints);
      return { kind: 'range', protocol, first: number, last: number };
    }
    const [first, last] = [portAt(field(range, 'start'), at, complaints), portAt(field(range, 'end'), at, complaints)];
    if (last < first) complaints.refuse(at, 'the range ends before it starts');
    return { kind: 'range', protocol, first, last };
  }
  complaints.warn('network/not-evaluated', path, 'no protocol known here; the rule fails closed');
  return undefined;
}

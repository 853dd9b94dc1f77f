// policy.networking.k8s.io/v1alpha1: AdminNetworkPolicy (priority 0 to 1000, lowest first, rules in order: Allow, Deny, Pass) and
// BaselineAdminNetworkPolicy (one, named "default": Allow, Deny), as network-policy-api v0.1.8 defines and validates them.
// Left out: `domainNames`, which name no addresses before someone asks DNS: such a peer matches nothing here, and that is said.

import { asList, asString, field, isObject, type Json, textOf } from '../lib/json.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import { block } from './address-space.ts';
import { type Direction, type Peer, type PodMatch, type PortMatch, type ReadPolicy, type Rule, tiers } from './policy.ts';
import { type Complaining, namespacesAt, podsAt, portAt, protocolAt, reading, selectorAt } from './read-policy.ts';

/** Reads an AdminNetworkPolicy or a BaselineAdminNetworkPolicy. */
export function adminPolicy(resource: Resource): ReadPolicy {
  const baseline = resource.kind === 'BaselineAdminNetworkPolicy';
  return reading(resource, (complaints) => {
    const spec = resource.object.spec;
    const priority = baseline ? 0 : field(spec, 'priority');
    const known = typeof priority === 'number' && Number.isInteger(priority) && priority >= 0 && priority <= 1000;
    if (!known) complaints.refuse('/spec/priority', 'a priority is a whole number from 0 to 1000');
    if (baseline && resource.name !== 'default')
      complaints.refuse('/metadata/name', 'the one BaselineAdminNetworkPolicy is named "default"');
    const rules = (direction: Direction) =>
      asList(field(spec, direction)).map((rule, index) => ruleOf(rule, `/spec/${direction}/${index}`, direction, baseline, complaints));
    const read = { ingress: rules('ingress'), egress: rules('egress') };
    return {
      resource,
      tier: baseline ? tiers.baseline : tiers.admin,
      priority: known ? priority : 0,
      subject: subjectAt(field(spec, 'subject'), complaints),
      applies: { ingress: read.ingress.length > 0, egress: read.egress.length > 0 },
      isolates: { ingress: false, egress: false },
      rules: read,
    };
  });
}

/** The subject of an admin policy: pods of namespaces, or pods. */
export function subjectAt(subject: Json | undefined, complaints: Complaining): PodMatch {
  return podMatch(subject, '/spec/subject', complaints) ?? namespacesAt({}, '/spec/subject', complaints);
}

/** `namespaces` or `pods`, exactly one of them; complains where there is neither or both. */
function podMatch(value: Json | undefined, path: string, complaints: Complaining): PodMatch | undefined {
  const namespaces = field(value, 'namespaces') ?? undefined;
  const pods = field(value, 'pods') ?? undefined;
  if ((namespaces === undefined) === (pods === undefined)) complaints.refuse(path, 'exactly one of namespaces and pods must be given');
  if (namespaces !== undefined) return namespacesAt(namespaces, `${path}/namespaces`, complaints);
  return pods === undefined ? undefined : podsAt(pods, `${path}/pods`, complaints);
}

function ruleOf(rule: Json, path: string, direction: Direction, baseline: boolean, complaints: Complaining): Rule {
  const side = direction === 'ingress' ? 'from' : 'to';
  const actions: Readonly<Record<string, Rule['action']>> = baseline
    ? { Allow: 'allow', Deny: 'deny' }
    : { Allow: 'allow', Deny: 'deny', Pass: 'pass' };
  const written = asString(field(rule, 'action')) ?? '';
  const action = Object.hasOwn(actions, written) ? actions[written] : undefined;
  if (action === undefined) complaints.refuse(`${path}/action`, `"${written}" is no action; there are ${Object.keys(actions).join(', ')}`);
  const peers = asList(field(rule, side));
  if (peers.length === 0) complaints.refuse(`${path}/${side}`, 'at least one peer must be given');
  const ports = asList(field(rule, 'ports')).map((port, index) => portOf(port, `${path}/ports/${index}`, complaints));
  const read = peers.flatMap((peer, index) => peersOf(peer, `${path}/${side}/${index}`, direction, complaints));
  if (ports.some(({ kind }) => kind === 'named') && read.some(({ kind }) => kind === 'block'))
    complaints.warn(
      'network/named-port-on-block',
      path,
      'a port by name matches no address of a network: addresses have no names for ports',
    );
  return {
    action: action ?? 'deny',
    name: asString(field(rule, 'name')),
    path,
    peers: read,
    ports: ports.length === 0 ? undefined : ports,
  };
}

function peersOf(peer: Json, path: string, direction: Direction, complaints: Complaining): readonly Peer[] {
  const given = isObject(peer) ? Object.keys(peer).filter((key) => peer[key] !== undefined && peer[key] !== null) : [];
  const [kind] = given;
  if (given.length !== 1) {
    complaints.refuse(path, 'exactly one kind of peer must be given');
    return [];
  }
  if (kind === 'namespaces' || kind === 'pods') return [podMatch(peer, path, complaints) ?? { kind: 'never' }];
  if (direction === 'egress' && kind === 'networks') return networksAt(field(peer, 'networks'), `${path}/networks`, complaints);
  if (direction === 'egress' && kind === 'nodes')
    return [{ kind: 'nodes', nodes: selectorAt(field(peer, 'nodes'), `${path}/nodes`, complaints) }];
  if (direction === 'egress' && kind === 'domainNames') {
    complaints.warn(
      'network/not-evaluated',
      path,
      'which addresses the domain names have is not known here; the peer is taken to match nothing',
    );
    return [{ kind: 'never' }];
  }
  complaints.refuse(path, `"${kind ?? ''}" is no kind of peer here`);
  return [];
}

/** A list of blocks. */
export function networksAt(list: Json | undefined, path: string, complaints: Complaining): readonly Peer[] {
  return asList(list).flatMap((cidr, index) => {
    const read = block(cidr);
    if (read === undefined) complaints.refuse(`${path}/${index}`, `"${textOf(cidr)}" is no block such as 10.0.0.0/8`);
    return read === undefined ? [] : [{ kind: 'block' as const, block: read }];
  });
}

function portOf(port: Json, path: string, complaints: Complaining): PortMatch {
  const number = field(port, 'portNumber') ?? undefined;
  const range = field(port, 'portRange') ?? undefined;
  const name = field(port, 'namedPort') ?? undefined;
  if ([number, range, name].filter((value) => value !== undefined).length !== 1)
    complaints.refuse(path, 'exactly one of portNumber, portRange and namedPort must be given');
  if (typeof name === 'string') return { kind: 'named', name, protocol: undefined };
  const [value, at] = number === undefined ? [range, `${path}/portRange`] : [number, `${path}/portNumber`];
  const protocol = protocolAt(field(value, 'protocol'), `${at}/protocol`, complaints);
  const first = portAt(field(value, number === undefined ? 'start' : 'port'), at, complaints);
  const last = number === undefined ? portAt(field(value, 'end'), at, complaints) : first;
  if (last < first) complaints.refuse(at, 'the range ends before it starts');
  return { kind: 'range', protocol, first, last };
}

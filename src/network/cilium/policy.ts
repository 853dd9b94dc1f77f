// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy (cilium.io/v2) as Cilium 1.17 reads them. Allow rules add up, also with those of
// NetworkPolicy; deny rules beat every allow. A direction with rules drops the rest for the pods of the policy, unless enableDefaultDeny says no. A
// rule without any peer is about all peers if it names ports, and about none if it does not; a list of peers that is empty matches none.
// Blocks match addresses outside alone: neither pods nor nodes. Left out, and said in `restricted`: rules of layer 7, names of DNS, groups of
// clouds, authentication. A nodeSelector holds only where the host firewall is on.

import { asList, asString, field, type Json, textOf } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { block } from '../address-space.ts';
import { podsWhere } from '../as-pods.ts';
import { and, type Expression, is, not } from '../expression.ts';
import { type Direction, directions, networkPolicyOrder, type Peer, type Policy, type ReadPolicy, type Rule, tiers } from '../policy.ts';
import { type Complaining, reading, selectorAt } from '../read-policy.ts';
import { entities, entityPeers } from './entities.ts';
import { ciliumPorts } from './ports.ts';
import { ciliumSelector } from './selector.ts';

export interface CiliumContext {
  /** Blocks of the CiliumCIDRGroups of a name, or with certain labels; undefined where there is none. */
  readonly groups: (reference: Json) => readonly string[] | undefined;
  /** What stands behind the Services that `toServices` names. */
  readonly services: (service: Json, namespace: string) => readonly Peer[];
}

const denyOrder = -1;

/** Reads a policy: `spec` and each of `specs` stand for themselves. */
export function ciliumPolicy(resource: Resource, context: CiliumContext): ReadPolicy {
  return reading(resource, (complaints) => {
    const { spec, specs } = resource.object;
    const rules: readonly (readonly [string, Json])[] = [
      ...(spec === undefined || spec === null ? [] : [['/spec', spec] as const]),
      ...asList(specs).map((one, index) => [`/specs/${index}`, one] as const),
    ];
    if (rules.length === 0) complaints.refuse('/spec', 'a policy needs spec or specs');
    return rules.flatMap(([path, rule]) => specOf(resource, rule, path, context, complaints));
  });
}

function specOf(resource: Resource, spec: Json, path: string, context: CiliumContext, complaints: Complaining): readonly Policy[] {
  const { namespace } = resource;
  const subject = subjectOf(spec, path, namespace, complaints);
  const read = (key: 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny') =>
    asList(field(spec, key)).flatMap((rule, index) => rulesOf(rule, `${path}/${key}/${index}`, key, namespace, context, complaints));
  const count = (direction: Direction) => asList(field(spec, direction)).length + asList(field(spec, `${direction}Deny`)).length;
  if (count('ingress') + count('egress') === 0)
    complaints.refuse(path, 'there must be a rule in ingress, ingressDeny, egress or egressDeny');
  const denies = (direction: Direction) => {
    const asked = field(field(spec, 'enableDefaultDeny'), direction);
    return count(direction) > 0 && asked !== false;
  };
  const base = { resource, tier: tiers.network, subject };
  const isolates = { ingress: denies('ingress'), egress: denies('egress') };
  const allow = { ingress: read('ingress'), egress: read('egress') };
  const deny = { ingress: read('ingressDeny'), egress: read('egressDeny') };
  const some = (rules: typeof allow) => ({ ingress: rules.ingress.length > 0, egress: rules.egress.length > 0 });
  const policies: Policy[] = [
    {
      ...base,
      priority: networkPolicyOrder,
      applies: { ingress: count('ingress') > 0, egress: count('egress') > 0 },
      isolates,
      rules: allow,
    },
  ];
  if (directions.some((direction) => deny[direction].length > 0))
    policies.unshift({ ...base, priority: denyOrder, applies: some(deny), isolates: { ingress: false, egress: false }, rules: deny });
  return policies;
}

function subjectOf(spec: Json, path: string, namespace: string, complaints: Complaining): Policy['subject'] {
  const endpoints = field(spec, 'endpointSelector') ?? undefined;
  const nodes = field(spec, 'nodeSelector') ?? undefined;
  if ((endpoints === undefined) === (nodes === undefined))
    complaints.refuse(path, 'exactly one of endpointSelector and nodeSelector must be given');
  if (nodes !== undefined) {
    if (namespace !== '') complaints.refuse(`${path}/nodeSelector`, 'a policy of a namespace cannot select nodes');
    complaints.warn('network/not-enforced', `${path}/nodeSelector`, "nodes are protected only where Cilium's host firewall is on");
    return { kind: 'nodes', nodes: selectorAt(nodes, `${path}/nodeSelector`, complaints) };
  }
  const read = ciliumSelector(endpoints, `${path}/endpointSelector`, namespace, complaints, true);
  if (read.kind === 'endpoints') return podsWhere(read.expression, namespace);
  complaints.warn(
    'network/not-evaluated',
    `${path}/endpointSelector`,
    'endpoints with reserved labels are not modelled; the policy is taken to select none',
  );
  return { kind: 'where', expression: { kind: 'never' } };
}

type Key = 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny';

function rulesOf(rule: Json, path: string, key: Key, namespace: string, context: CiliumContext, complaints: Complaining): readonly Rule[] {
  const action = key.endsWith('Deny') ? 'deny' : 'allow';
  const { ports, restricted } = ciliumPorts(rule, path, complaints);
  const read = peersOf(rule, path, key.startsWith('ingress') ? 'from' : 'to', namespace, context, complaints);
  const own = [...restricted, ...(field(field(rule, 'authentication'), 'mode') === 'required' ? ['mutual authentication'] : [])];
  const make = (peers: readonly Peer[] | undefined, more: readonly string[]): Rule => {
    const reasons = [...own, ...more];
    return { action, name: undefined, path, peers, ports, ...(reasons.length === 0 ? {} : { restricted: reasons.join(', ') }) };
  };
  const requires = read.requires.length === 0 ? [] : [{ ...make(read.requires, []), action: 'deny' as const, ports: undefined }];
  if (!read.given) return ports === undefined ? requires : [...requires, make(undefined, [])];
  const exact = read.peers.filter((peer) => peer.restricted === undefined).map(({ peer }) => peer);
  const doubtful = read.peers.filter((peer) => peer.restricted !== undefined);
  return [
    ...requires,
    ...(exact.length > 0 || doubtful.length === 0 ? [make(exact, [])] : []),
    ...(doubtful.length > 0
      ? [
          make(
            doubtful.map(({ peer }) => peer),
            [...new Set(doubtful.map((peer) => peer.restricted ?? ''))],
          ),
        ]
      : []),
  ];
}

interface Found {
  readonly peer: Peer;
  readonly restricted?: string;
}

interface Peers {
  /** False where the rule names no kind of peer at all. */
  readonly given: boolean;
  readonly peers: readonly Found[];
  /** Pods that do not meet fromRequires or toRequires. */
  readonly requires: readonly Peer[];
}

function peersOf(rule: Json, path: string, side: 'from' | 'to', namespace: string, context: CiliumContext, complaints: Complaining): Peers {
  const found: Found[] = [];
  let given = false;
  const kinds: string[] = [];
  const each = (kind: string, read: (item: Json, at: string) => readonly Found[]) => {
    const list = field(rule, `${side}${kind}`) ?? undefined;
    if (list === undefined) return;
    given = true;
    if (asList(list).length > 0) kinds.push(`${side}${kind}`);
    asList(list).forEach((item, index) => {
      found.push(...read(item, `${path}/${side}${kind}/${index}`));
    });
  };
  const outside: Peer = { kind: 'outside' };
  each('Endpoints', (item, at) => {
    const read = ciliumSelector(item, at, namespace, complaints);
    return read.kind === 'endpoints' ? [{ peer: podsWhere(read.expression, namespace) }] : read.entities.flatMap(ofEntity);
  });
  each('Entities', (item, at) => {
    const entity = entities.find((one) => one === item);
    if (entity === undefined) complaints.refuse(at, `"${textOf(item)}" is no entity`);
    return entity === undefined ? [] : ofEntity(entity);
  });
  each('CIDR', (item, at) => cidr(item, [], at, complaints));
  each('CIDRSet', (item, at) => {
    const reference = field(item, 'cidrGroupRef') ?? field(item, 'cidrGroupSelector') ?? undefined;
    const except = asList(field(item, 'except'));
    if (reference === undefined) return cidr(field(item, 'cidr'), except, at, complaints);
    const blocks = context.groups(reference);
    if (blocks === undefined)
      complaints.warn('network/not-evaluated', at, 'no such CiliumCIDRGroup is known; it is taken to match nothing');
    return (blocks ?? []).flatMap((text) => {
      const holes = except.filter((hole) => block(text, [hole]) !== undefined);
      return cidr(text, holes, at, complaints);
    });
  });
  each('Nodes', (item, at) => [{ peer: { kind: 'nodes', nodes: selectorAt(item, at, complaints) } }]);
  each('Groups', () => [{ peer: outside, restricted: "addresses of a cloud's group" }]);
  if (side === 'to') {
    each('FQDNs', (item) => [
      { peer: outside, restricted: `addresses of ${textOf(field(item, 'matchName') ?? field(item, 'matchPattern') ?? 'DNS names')}` },
    ]);
    each('Services', (item) => context.services(item, namespace).map((peer) => ({ peer })));
  }
  if (
    kinds.length > 1 &&
    !(kinds.length === 2 && kinds.includes('toServices') && (kinds.includes('toCIDRSet') || kinds.includes('toEndpoints')))
  )
    complaints.refuse(path, `${kinds.join(' and ')} cannot stand in one rule`);
  const wanted = asList(field(rule, `${side}Requires`)).flatMap((item, index): readonly Expression[] => {
    const read = ciliumSelector(item, `${path}/${side}Requires/${index}`, namespace, complaints);
    return read.kind === 'endpoints' ? [read.expression] : [];
  });
  return {
    given,
    peers: found,
    requires: wanted.map((expression) => ({ kind: 'where', expression: and(is('namespace', '', 'has'), not(expression)) })),
  };
}

function ofEntity(entity: (typeof entities)[number]): readonly Found[] {
  const { peers, restricted } = entityPeers(entity);
  return peers.map((peer) => ({ peer, ...(restricted === undefined ? {} : { restricted }) }));
}

/** Addresses outside the cluster: Cilium holds no block against pods or nodes. */
function cidr(value: Json | undefined, except: readonly Json[], path: string, { refuse }: Complaining): readonly Found[] {
  const text = asString(value) ?? '';
  const read = block(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`, except);
  if (read === undefined) refuse(path, `"${text.slice(0, 60)}" is no block such as 10.0.0.0/8, or an exception lies outside of it`);
  return read === undefined ? [] : [{ peer: { kind: 'both', of: [{ kind: 'outside' }, { kind: 'block', block: read, pods: 'never' }] } }];
}

// Calico's NetworkPolicy and GlobalNetworkPolicy (projectcalico.org/v3; crd.projectcalico.org/v1 is how a cluster stores the same), and the rules
// of Profiles. A policy stands in a tier, within it by `order`, without one last. Allow and Deny decide, Pass goes on to the next tier, Log decides
// nothing. `types` absent: Egress where there are egress rules, Ingress where there are ingress rules or no egress rules.
// Left out: doNotTrack and preDNAT policies, which hold for host endpoints before connections are known; HTTP matches and source ports, which
// restrict their rules; Staged policies, which nothing enforces.

import { asList, asString, field, isObject, type Json, strings } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { always, and, is } from '../expression.ts';
import { type Direction, type Peer, type Policy, type ReadPolicy, type Rule, type Tier, tiers } from '../policy.ts';
import { type Complaining, reading } from '../read-policy.ts';
import { entityOf, namesPorts, type ServiceSelectors, selectorAt } from './entity.ts';
import { portsAt } from './protocol.ts';

export interface CalicoContext {
  /** Tiers by name. */
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly services: ServiceSelectors;
}

const actions: Readonly<Record<string, Rule['action']>> = { allow: 'allow', deny: 'deny', pass: 'pass', 'next-tier': 'pass' };

/** Reads a NetworkPolicy or GlobalNetworkPolicy of Calico. */
export function calicoPolicy(resource: Resource, context: CalicoContext): ReadPolicy {
  return reading(resource, (complaints): readonly Policy[] => {
    const spec = resource.object.spec;
    if (!isObject(spec)) complaints.refuse('/spec', 'a policy needs a spec');
    if (field(spec, 'doNotTrack') === true || field(spec, 'preDNAT') === true) {
      complaints.warn(
        'network/not-evaluated',
        '/spec',
        'doNotTrack and preDNAT policies hold for host endpoints alone, and are not evaluated',
      );
      return [];
    }
    const order = field(spec, 'order') ?? undefined;
    if (order !== undefined && typeof order !== 'number') complaints.refuse('/spec/order', 'order is a number');
    const name = asString(field(spec, 'tier')) ?? 'default';
    const tier = name === 'default' ? tiers.network : context.tiers.get(name);
    if (tier === undefined)
      complaints.warn(
        'network/not-evaluated',
        '/spec/tier',
        `no Tier "${name}" is known; its policies are taken to come last and to drop what they do not decide`,
      );
    const types = strings(field(spec, 'types')).map((type) => type.toLowerCase());
    for (const type of types) if (type !== 'ingress' && type !== 'egress') complaints.refuse('/spec/types', `"${type}" is no type`);
    const rules = {
      ingress: rulesAt(field(spec, 'ingress'), 'ingress', resource.namespace, context, complaints),
      egress: rulesAt(field(spec, 'egress'), 'egress', resource.namespace, context, complaints),
    };
    const hasEgress = asList(field(spec, 'egress')).length > 0;
    const hasIngress = asList(field(spec, 'ingress')).length > 0;
    const applies =
      types.length > 0
        ? { ingress: types.includes('ingress'), egress: types.includes('egress') }
        : { ingress: hasIngress || !hasEgress, egress: hasEgress };
    const selector = selectorAt(field(spec, 'selector'), '/spec/selector', 'endpoint', complaints);
    const namespaces = selectorAt(field(spec, 'namespaceSelector'), '/spec/namespaceSelector', 'namespace', complaints);
    const accounts = selectorAt(field(spec, 'serviceAccountSelector'), '/spec/serviceAccountSelector', 'serviceAccount', complaints);
    if (resource.namespace !== '' && namespaces !== undefined)
      complaints.warn('network/invalid-policy', '/spec/namespaceSelector', 'a policy of a namespace has no such field; it is dropped');
    const own = resource.namespace === '' ? namespaces : is('namespace', '', 'in', [resource.namespace]);
    return [
      {
        resource,
        tier: tier ?? { name, layer: 'network', order: Number.MAX_SAFE_INTEGER, otherwise: 'deny' },
        priority: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
        subject: { kind: 'where', expression: and(selector ?? always, own ?? always, accounts ?? always) },
        applies,
        isolates: applies,
        rules,
      },
    ];
  });
}

/** Reads a Profile: what holds for endpoints that name it where no policy isolates them. */
export function calicoProfile(resource: Resource, context: CalicoContext): ReadPolicy {
  return reading(resource, (complaints) => {
    const spec = resource.object.spec;
    const both = { ingress: true, egress: true };
    return {
      resource,
      tier: tiers.profiles,
      priority: 0,
      subject: { kind: 'where', expression: is('profile', '', 'in', [resource.name]) },
      applies: both,
      isolates: both,
      rules: {
        ingress: rulesAt(field(spec, 'ingress'), 'ingress', '', context, complaints),
        egress: rulesAt(field(spec, 'egress'), 'egress', '', context, complaints),
      },
    };
  });
}

function rulesAt(
  list: Json | undefined,
  direction: Direction,
  namespace: string,
  context: CalicoContext,
  complaints: Complaining,
): readonly Rule[] {
  return asList(list).flatMap(
    (rule, index) => ruleOf(rule, `/spec/${direction}/${index}`, direction, namespace, context, complaints) ?? [],
  );
}

/** Undefined for Log, which decides nothing. */
function ruleOf(
  rule: Json,
  path: string,
  direction: Direction,
  namespace: string,
  { services }: CalicoContext,
  complaints: Complaining,
): Rule | undefined {
  const written = (asString(field(rule, 'action')) ?? '').toLowerCase();
  if (written === 'log') return undefined;
  const action = Object.hasOwn(actions, written) ? actions[written] : undefined;
  if (action === undefined) complaints.refuse(`${path}/action`, `"${written}" is no action; there are Allow, Deny, Log and Pass`);
  const source = entityOf(field(rule, 'source'), `${path}/source`, namespace, services, complaints);
  const destination = entityOf(field(rule, 'destination'), `${path}/destination`, namespace, services, complaints);
  const [peer, self] = direction === 'ingress' ? [source, destination] : [destination, source];
  const restricted = [...source.restricted, ...destination.restricted];
  if (isObject(field(rule, 'http'))) restricted.push('HTTP methods and paths');
  if (namesPorts(field(rule, 'source'))) restricted.push('source ports');
  const family = field(rule, 'ipVersion') ?? undefined;
  const peers = [peer.peer, family === undefined ? undefined : ofFamily(family)].filter((one) => one !== undefined);
  return {
    action: action ?? 'deny',
    name: asString(field(field(field(rule, 'metadata'), 'annotations'), 'name')),
    path,
    peers: peers.length === 0 ? undefined : [peers.length === 1 && peers[0] !== undefined ? peers[0] : { kind: 'both', of: peers }],
    ports: portsAt(rule, field(rule, 'destination'), path, complaints),
    ...(self.peer === undefined ? {} : { self: self.peer }),
    ...(restricted.length === 0 ? {} : { restricted: restricted.join(', ') }),
  };
}

/** `ipVersion`: 4 leaves IPv6 addresses out, 6 leaves IPv4 addresses out. Pods are taken to have both. */
function ofFamily(version: Json): Peer {
  const bits = 0;
  const family = version === 6 || version === '6' ? 4 : 6;
  return { kind: 'not', of: { kind: 'block', block: { cidr: { family, first: 0n, bits }, except: [] }, pods: 'never' } };
}

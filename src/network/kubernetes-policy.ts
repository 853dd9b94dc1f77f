// networking.k8s.io/v1 NetworkPolicy as kube-apiserver 1.36 defaults and validates it. `policyTypes` absent: always Ingress, and Egress only
// where `egress` has a rule. Absent or empty `from`, `to` and `ports` mean any; an absent `podSelector` in the spec means all pods.
// A named port never matches an ipBlock peer, since only pods have names for ports.

import { isDns1123Subdomain } from '../kube/names.ts';
import { portReference } from '../kube/port.ts';
import { asList, field, isObject, type Json, strings } from '../lib/json.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import { block } from './address-space.ts';
import { networkPolicyOrder, type Peer, type PortMatch, type ReadPolicy, type Rule, tiers } from './policy.ts';
import { type Complaining, portAt, protocolAt, reading, type Shape, selectorAt, shaped } from './read-policy.ts';

/** Reads a NetworkPolicy. */
export function networkPolicy(resource: Resource): ReadPolicy {
  return reading(resource, (complaints) => {
    const spec = resource.object.spec;
    if (!isObject(spec)) complaints.refuse('/spec', 'a NetworkPolicy needs a spec');
    shaped(spec, '/spec', shapes.spec, complaints);
    selectorShape(field(spec, 'podSelector'), '/spec/podSelector', complaints);
    if (isObject(spec) && (spec.podSelector === undefined || spec.podSelector === null))
      complaints.warn('network/invalid-policy', '/spec/podSelector', 'no selector is given, so that every pod of the namespace is meant');
    nameOf(resource, complaints);
    const types = strings(field(spec, 'policyTypes'));
    for (const type of types)
      if (type !== 'Ingress' && type !== 'Egress') complaints.refuse('/spec/policyTypes', `"${type}" is no policy type`);
    for (const direction of ['Ingress', 'Egress'] as const)
      if (types.length > 0 && !types.includes(direction) && asList(field(spec, direction.toLowerCase())).length > 0)
        complaints.warn(
          'network/invalid-policy',
          `/spec/${direction.toLowerCase()}`,
          `policyTypes leaves ${direction} out, so that these rules do nothing`,
        );
    const rules = (direction: 'ingress' | 'egress') =>
      asList(field(spec, direction)).map((rule, index) => ruleOf(rule, `/spec/${direction}/${index}`, direction, complaints));
    const applies =
      types.length > 0
        ? { ingress: types.includes('Ingress'), egress: types.includes('Egress') }
        : { ingress: true, egress: asList(field(spec, 'egress')).length > 0 };
    return {
      resource,
      tier: tiers.network,
      priority: networkPolicyOrder,
      subject: {
        kind: 'pods',
        namespaces: undefined,
        pods: selectorAt(field(spec, 'podSelector'), '/spec/podSelector', complaints),
        written: { namespaces: undefined, pods: field(spec, 'podSelector') },
      },
      applies,
      isolates: applies,
      rules: { ingress: rules('ingress'), egress: rules('egress') },
    };
  });
}

const shapes = {
  spec: { podSelector: 'any', policyTypes: 'list', ingress: 'list', egress: 'list' },
  selector: { matchLabels: 'mapping', matchExpressions: 'list' },
  ingress: { from: 'list', ports: 'list' },
  egress: { to: 'list', ports: 'list' },
  peer: { podSelector: 'any', namespaceSelector: 'any', ipBlock: 'mapping' },
  block: { cidr: 'any', except: 'list' },
  port: { protocol: 'any', port: 'any', endPort: 'any' },
} as const satisfies Readonly<Record<string, Shape>>;

function selectorShape(value: Json | undefined, path: string, complaints: Complaining): void {
  if (!isObject(value)) return;
  shaped(value, path, shapes.selector, complaints);
  const labels = value.matchLabels;
  for (const [key, wanted] of Object.entries(isObject(labels) ? labels : {}))
    if (wanted === null)
      complaints.warn('network/invalid-policy', `${path}/matchLabels/${key}`, 'no value is given, so that the empty value is meant');
}

/** Names that no object can have. */
function nameOf({ object }: Resource, { refuse, warn }: Complaining): void {
  const name = field(object.metadata, 'name');
  if (field(object.metadata, 'generateName') !== undefined) return;
  if (typeof name !== 'string' || name === '') refuse('/metadata/name', 'an object needs a name');
  else if (name.length > 253) refuse('/metadata/name', 'a name has at most 253 characters');
  else if (!isDns1123Subdomain(name)) warn('network/invalid-policy', '/metadata/name', `the API server refuses the name "${name}"`);
}

function ruleOf(rule: Json, path: string, direction: 'ingress' | 'egress', complaints: Complaining): Rule {
  shaped(rule, path, shapes[direction], complaints);
  const side = direction === 'ingress' ? 'from' : 'to';
  const peers = asList(field(rule, side)).map((peer, index) => peerOf(peer, `${path}/${side}/${index}`, complaints));
  const ports = asList(field(rule, 'ports')).map((port, index) => portOf(port, `${path}/ports/${index}`, complaints));
  if (ports.some(({ kind }) => kind === 'named') && peers.some(({ kind }) => kind === 'block') && direction === 'egress')
    complaints.warn(
      'network/named-port-on-block',
      path,
      'a port by name matches no address of an ipBlock: addresses have no names for ports',
    );
  return {
    action: 'allow',
    name: undefined,
    path,
    peers: peers.length === 0 ? undefined : peers,
    ports: ports.length === 0 ? undefined : ports,
  };
}

function peerOf(peer: Json, path: string, complaints: Complaining): Peer {
  shaped(peer, path, shapes.peer, complaints);
  for (const key of ['podSelector', 'namespaceSelector']) selectorShape(field(peer, key), `${path}/${key}`, complaints);
  shaped(field(peer, 'ipBlock'), `${path}/ipBlock`, shapes.block, complaints);
  const ipBlock = field(peer, 'ipBlock') ?? undefined;
  const pods = field(peer, 'podSelector') ?? undefined;
  const namespaces = field(peer, 'namespaceSelector') ?? undefined;
  if (ipBlock !== undefined) {
    if (pods !== undefined || namespaces !== undefined)
      complaints.refuse(path, 'ipBlock stands alone: no podSelector or namespaceSelector beside it');
    const read = block(field(ipBlock, 'cidr'), asList(field(ipBlock, 'except')));
    if (read === undefined) complaints.refuse(`${path}/ipBlock`, 'cidr and except must be blocks such as 10.0.0.0/8, except inside cidr');
    return read === undefined ? { kind: 'never' } : { kind: 'block', block: read };
  }
  if (pods === undefined && namespaces === undefined) {
    complaints.refuse(path, 'a peer needs ipBlock, podSelector or namespaceSelector');
    return { kind: 'never' };
  }
  return {
    kind: 'pods',
    namespaces: namespaces === undefined ? undefined : selectorAt(namespaces, `${path}/namespaceSelector`, complaints),
    pods: selectorAt(pods, `${path}/podSelector`, complaints),
    written: { namespaces, pods },
  };
}

function portOf(port: Json, path: string, complaints: Complaining): PortMatch {
  shaped(port, path, shapes.port, complaints);
  const protocol = protocolAt(field(port, 'protocol'), `${path}/protocol`, complaints);
  const value = field(port, 'port') ?? undefined;
  const end = field(port, 'endPort') ?? undefined;
  if (value === undefined) {
    if (end !== undefined) complaints.refuse(path, 'endPort needs port');
    return { kind: 'range', protocol, first: 1, last: 65535 };
  }
  const reference = portReference(value);
  if (reference === undefined) complaints.refuse(`${path}/port`, 'a port is a number from 1 to 65535, or a name with a letter in it');
  if (reference?.kind === 'name') {
    if (end !== undefined) complaints.refuse(path, 'endPort needs a port by number');
    return { kind: 'named', name: reference.name, protocol };
  }
  const first = reference?.number ?? 0;
  const last = end === undefined ? first : portAt(end, `${path}/endPort`, complaints);
  if (last < first) complaints.refuse(path, 'endPort is less than port');
  return { kind: 'range', protocol, first, last };
}

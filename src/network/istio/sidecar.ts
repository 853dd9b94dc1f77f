// Sidecar (networking.istio.io/v1): which hosts a proxy knows. With REGISTRY_ONLY (of the Sidecar, else of the mesh) what it does not know is out
// of reach; with ALLOW_ANY unknown addresses are passed through. One Sidecar holds for a pod: with a workloadSelector, of its namespace, of the
// root namespace. Hosts are `NAMESPACE/DNS` with `*`, `.` and `~`; names of ServiceEntries stand for addresses outside that are not known here.
// Left out: ports and captureMode of listeners, wildcards inside names, and exportTo.

import { asList, dig, field, isObject, type Json, stringMap, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { always, and, type Expression, is, or } from '../expression.ts';
import type { Peer, ReadPolicy, Rule } from '../policy.ts';
import { type Complaining, reading } from '../read-policy.ts';
import { but } from './authorization-policy.ts';
import type { IstioContext } from './context.ts';

const tier = { name: 'sidecars', layer: 'mesh', order: 3, otherwise: 'deny' } as const;

/** Policies of the egress of pods that a Sidecar holds for. */
export function* sidecars(snapshot: Snapshot, context: IstioContext): Generator<ReadPolicy> {
  const all = ofKind(snapshot, 'networking.istio.io', 'Sidecar');
  const level = (resource: Resource) => (hasSelector(resource) ? 0 : resource.namespace === context.rootNamespace ? 2 : 1);
  const taken: Expression[] = [];
  for (const resource of [...all].sort((a, b) => level(a) - level(b))) {
    yield reading(resource, (complaints) => {
      const spec = resource.object.spec;
      if (!isObject(spec)) complaints.refuse('/spec', 'a Sidecar needs a spec');
      if (level(resource) > 0 && all.some((one) => one !== resource && level(one) > 0 && one.namespace === resource.namespace))
        complaints.warn(
          'network/invalid-policy',
          '/spec',
          'the namespace has another Sidecar without workloadSelector; which of them counts is not defined',
        );
      const labels = Object.entries(stringMap(dig(spec, 'workloadSelector', 'labels'))).map(([key, value]) =>
        is('label', key, 'in', [value]),
      );
      const where = level(resource) === 2 ? always : is('namespace', '', 'in', [resource.namespace]);
      const expression = and(is('mesh', '', 'has'), where, ...labels);
      const subject = but(expression, taken.slice());
      taken.push(expression);
      const mode = dig(spec, 'outboundTrafficPolicy', 'mode') ?? (context.registryOnly ? 'REGISTRY_ONLY' : 'ALLOW_ANY');
      const listed = field(spec, 'egress') !== undefined;
      const closed = mode === 'REGISTRY_ONLY';
      const applies = { ingress: false, egress: closed || (context.sidecarsHide && listed) };
      const root = level(resource) === 2;
      const rules = applies.egress
        ? rulesOf(snapshot, resource, listed ? asList(field(spec, 'egress')) : anything, root, context.sidecarsHide, complaints)
        : [];
      if (applies.egress && !closed) rules.push({ ...passed, peers: [outside] });
      return [
        {
          resource,
          tier,
          priority: 0,
          subject: { kind: 'where', expression: subject },
          applies,
          isolates: applies,
          rules: { ingress: [], egress: rules },
        },
      ];
    });
  }
}

/** What a Sidecar without listeners knows: every host of the mesh. */
const anything: readonly Json[] = [{ hosts: ['*/*'] }];
const outside: Peer = { kind: 'not', of: { kind: 'where', expression: is('namespace', '', 'has') } };
const passed = { action: 'allow', name: 'passed through', path: '/spec/outboundTrafficPolicy', ports: undefined } as const;

function hasSelector({ object }: Resource): boolean {
  return isObject(dig(object, 'spec', 'workloadSelector'));
}

function rulesOf(
  snapshot: Snapshot,
  resource: Resource,
  listeners: readonly Json[],
  root: boolean,
  hides: boolean,
  { refuse }: Complaining,
): Rule[] {
  return listeners.flatMap((listener, index) => {
    const path = `/spec/egress/${index}`;
    const hosts = strings(field(listener, 'hosts'));
    if (hosts.length === 0) refuse(`${path}/hosts`, 'a listener needs hosts');
    const inside: Peer[] = [];
    const own: Rule[] = [];
    const names: string[] = [];
    for (const host of hosts) {
      const [namespace = '', name = '', ...more] = host.split('/');
      if (more.length > 0 || !isNamespacePart(namespace) || !isHostPart(name)) {
        refuse(
          `${path}/hosts`,
          `"${host.slice(0, 80)}" is not NAMESPACE/NAME, with *, . or ~ for the namespace, and * or *. before the name`,
        );
        continue;
      }
      if (namespace === '~') continue;
      if (namespace === '.' && root) {
        own.push(...ownNamespaces(snapshot, name, path));
        continue;
      }
      inside.push(...services(snapshot, namespace === '.' ? resource.namespace : namespace, name));
      if (!hides) names.push(...entries(snapshot, namespace === '.' ? resource.namespace : namespace, name));
    }
    const base = { action: 'allow' as const, name: undefined, path, ports: undefined };
    const rules: Rule[] = [...(inside.length > 0 || own.length === 0 ? [{ ...base, peers: inside }] : []), ...own];
    if (names.length > 0)
      rules.push({ ...base, peers: [{ kind: 'outside' }], restricted: `addresses of ${[...new Set(names)].join(', ')}` });
    return rules;
  });
}

/** In the root namespace `.` is the namespace of each pod. */
function ownNamespaces(snapshot: Snapshot, name: string, path: string): readonly Rule[] {
  const namespaces = new Set(ofKind(snapshot, '', 'Service').map(({ namespace }) => namespace));
  return [...namespaces].map((namespace) => ({
    action: 'allow',
    name: undefined,
    path,
    self: { kind: 'where', expression: is('namespace', '', 'in', [namespace]) },
    peers: services(snapshot, namespace, name),
    ports: undefined,
  }));
}

function isNamespacePart(text: string): boolean {
  return /^(\*|\.|~|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/.test(text);
}

function isHostPart(text: string): boolean {
  return (
    text === '*' ||
    (text.length < 256 && /^(\*\.)?[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)+$/.test(text))
  );
}

function services(snapshot: Snapshot, namespace: string, name: string): readonly Peer[] {
  return ofKind(snapshot, '', 'Service').flatMap((service): readonly Peer[] => {
    if (namespace !== '*' && service.namespace !== namespace) return [];
    if (!nameMatches(name, `${service.name}.${service.namespace}.svc.cluster.local`)) return [];
    const selector = Object.entries(stringMap(dig(service.object, 'spec', 'selector')));
    if (selector.length === 0) return [];
    return [
      {
        kind: 'where',
        expression: and(
          is('namespace', '', 'in', [service.namespace]),
          or(and(...selector.map(([key, value]) => is('label', key, 'in', [value])))),
        ),
      },
    ];
  });
}

function entries(snapshot: Snapshot, namespace: string, name: string): readonly string[] {
  return ofKind(snapshot, 'networking.istio.io', 'ServiceEntry')
    .filter((entry) => namespace === '*' || entry.namespace === namespace)
    .flatMap(({ object }) => strings(dig(object, 'spec', 'hosts')).filter((host) => nameMatches(name, host)));
}

function nameMatches(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name;
}

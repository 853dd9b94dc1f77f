// PeerAuthentication (security.istio.io/v1): STRICT refuses whoever cannot speak mutual TLS, which is every caller without a proxy. Of several the
// nearest counts: with a selector, of the namespace, of the root namespace; among equals the oldest. UNSET takes the mode from the next level, and
// PERMISSIVE is the default. Modes of single ports hold in policies with a selector alone.

import { asString, dig, field, isObject } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Expression } from '../expression.ts';
import { type PortMatch, type ReadPolicy, tiers } from '../policy.ts';
import { reading } from '../read-policy.ts';
import { but, outsideMesh, selects, specOf, subjectOf } from './authorization-policy.ts';
import type { IstioContext } from './context.ts';

export type Mode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

interface Authentication {
  readonly resource: Resource;
  readonly level: 'workload' | 'namespace' | 'mesh';
  /** Undefined: as the next level says. */
  readonly mode: Mode | undefined;
  readonly ports: ReadonlyMap<number, Mode>;
}

/** The PeerAuthentications of a snapshot, the nearest and oldest first. */
export function authenticationsOf(snapshot: Snapshot, { rootNamespace }: IstioContext): readonly Authentication[] {
  const levels = ['workload', 'namespace', 'mesh'];
  const created = ({ resource }: Authentication) => asString(dig(resource.object, 'metadata', 'creationTimestamp')) ?? '';
  return ofKind(snapshot, 'security.istio.io', 'PeerAuthentication')
    .map((resource): Authentication => {
      const spec = specOf(resource);
      const selector = field(field(spec, 'selector'), 'matchLabels');
      const selecting = isObject(selector) && Object.keys(selector).length > 0;
      const ports = Object.entries(
        isObject(field(spec, 'portLevelMtls')) && selecting ? (field(spec, 'portLevelMtls') as object) : {},
      ).flatMap(([port, value]): readonly (readonly [number, Mode])[] => {
        const mode = modeOf(dig(value, 'mode'));
        return mode === undefined ? [] : [[Number(port), mode]];
      });
      const level = selecting ? 'workload' : resource.namespace === rootNamespace ? 'mesh' : 'namespace';
      return { resource, level, mode: modeOf(dig(spec, 'mtls', 'mode')), ports: new Map(ports) };
    })
    .sort(
      (a, b) =>
        levels.indexOf(a.level) - levels.indexOf(b.level) ||
        (created(a) < created(b) ? -1 : created(a) > created(b) ? 1 : a.resource.name < b.resource.name ? -1 : 1),
    );
}

function modeOf(value: unknown): Mode | undefined {
  return value === 'STRICT' || value === 'PERMISSIVE' || value === 'DISABLE' ? value : undefined;
}

export interface Effective {
  readonly mode: Mode;
  readonly ports: ReadonlyMap<number, Mode>;
  readonly because: readonly Resource[];
}

/** What holds for a workload. */
export function effectiveMode(all: readonly Authentication[], namespace: string, labels: Readonly<Record<string, string>>): Effective {
  const levels = ['workload', 'namespace', 'mesh'] as const;
  const because: Resource[] = [];
  let ports: ReadonlyMap<number, Mode> = new Map();
  for (const level of levels) {
    const found = all.find(
      (one) =>
        one.level === level &&
        (level === 'mesh' || one.resource.namespace === namespace) &&
        (level !== 'workload' || selects(field(specOf(one.resource), 'selector'), labels)),
    );
    if (found === undefined) continue;
    because.push(found.resource);
    if (level === 'workload') ports = found.ports;
    if (found.mode !== undefined) return { mode: found.mode, ports, because };
  }
  return { mode: 'PERMISSIVE', ports, because };
}

/** Rules that refuse callers without a proxy where mutual TLS is demanded. */
export function* peerAuthentications(snapshot: Snapshot, context: IstioContext): Generator<ReadPolicy> {
  const all = authenticationsOf(snapshot, context);
  const taken: { readonly level: string; readonly namespace: string; readonly expression: Expression }[] = [];
  for (const one of all) {
    const { resource, level } = one;
    yield reading(resource, (complaints) => {
      const expression = subjectOf(resource, specOf(resource), context, complaints);
      const nearer = taken.filter((other) => level === 'mesh' || other.namespace === resource.namespace).map((other) => other.expression);
      const inherited = one.mode ?? parentMode(all, one);
      // A nearer policy without a mode of its own leaves this one in force, but for its ports; those are counted with the nearer one.
      if (one.mode !== undefined || one.ports.size > 0) taken.push({ level, namespace: resource.namespace, expression });
      const ports = strictPorts(inherited, one.ports);
      return {
        resource,
        tier: tiers.meshDeny,
        priority: -1,
        subject: { kind: 'where', expression: but(expression, nearer) },
        applies: { ingress: ports.length > 0, egress: false },
        isolates: { ingress: false, egress: false },
        rules: {
          ingress: ports.length === 0 ? [] : [{ action: 'deny', name: 'mutual TLS', path: '/spec/mtls', peers: [outsideMesh], ports }],
          egress: [],
        },
      };
    });
  }
}

function parentMode(all: readonly Authentication[], { level, resource }: Authentication): Mode {
  const own =
    level === 'workload' ? all.find((one) => one.level === 'namespace' && one.resource.namespace === resource.namespace) : undefined;
  return own?.mode ?? (level === 'mesh' ? undefined : all.find((one) => one.level === 'mesh')?.mode) ?? 'PERMISSIVE';
}

function strictPorts(mode: Mode, ports: ReadonlyMap<number, Mode>): readonly PortMatch[] {
  const range = (first: number, last: number): readonly PortMatch[] =>
    first > last ? [] : [{ kind: 'range', protocol: 'TCP', first, last }];
  if (mode !== 'STRICT') return [...ports].filter(([, own]) => own === 'STRICT').flatMap(([port]) => range(port, port));
  const open = [...ports]
    .filter(([, own]) => own !== 'STRICT')
    .map(([port]) => port)
    .sort((a, b) => a - b);
  return [0, ...open].flatMap((port, index) => range(port + 1, (open[index] ?? 65536) - 1));
}

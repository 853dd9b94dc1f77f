// What a rule of Calico says of one side of a connection (EntityRule of projectcalico.org/v3): selector, notSelector, namespaceSelector, nets,
// notNets, serviceAccounts, services. All that is given must hold. In a policy of a namespace a selector means that namespace, unless a
// namespaceSelector says otherwise; nets and notSelector alone mean anything anywhere. Source ports are left out and said.

import { asList, asString, field, isObject, type Json, strings, textOf } from '../../lib/json.ts';
import { block } from '../address-space.ts';
import { and, type Expression, is, or } from '../expression.ts';
import type { Peer } from '../policy.ts';
import type { Complaining } from '../read-policy.ts';
import { calicoSelector, type Scope } from './selector.ts';

export interface Entity {
  /** Undefined: anything. */
  readonly peer: Peer | undefined;
  /** What is asked for and not evaluated. */
  readonly restricted: readonly string[];
}

/** Labels of the pods behind a Service, for `services`. */
export type ServiceSelectors = (namespace: string, name: string) => Readonly<Record<string, string>> | undefined;

/** Reads one side of a rule; `namespace` is the policy's, '' for policies of the cluster. */
export function entityOf(
  entity: Json | undefined,
  path: string,
  namespace: string,
  services: ServiceSelectors,
  complaints: Complaining,
): Entity {
  if (!isObject(entity)) return { peer: undefined, restricted: [] };
  const restricted: string[] = [];
  const parts: Peer[] = [];
  const selector = selectorAt(entity.selector, `${path}/selector`, 'endpoint', complaints);
  const namespaces = selectorAt(entity.namespaceSelector, `${path}/namespaceSelector`, 'namespace', complaints);
  const accounts = accountsAt(entity.serviceAccounts, `${path}/serviceAccounts`, complaints);
  if (selector !== undefined || namespaces !== undefined || accounts !== undefined) {
    const inside = namespaces ?? (namespace === '' ? undefined : is('namespace', '', 'in', [namespace]));
    parts.push({ kind: 'where', expression: and(...[selector, inside, accounts].filter((part) => part !== undefined)) });
  }
  const none = selectorAt(entity.notSelector, `${path}/notSelector`, 'endpoint', complaints);
  if (none !== undefined) parts.push({ kind: 'not', of: { kind: 'where', expression: none } });
  const nets = netsAt(entity.nets, `${path}/nets`, complaints);
  if (nets !== undefined) parts.push(anyOf(nets));
  for (const net of netsAt(entity.notNets, `${path}/notNets`, complaints) ?? []) parts.push({ kind: 'not', of: net });
  if (isObject(entity.services)) {
    const name = asString(entity.services.name) ?? '';
    const where = asString(entity.services.namespace) ?? namespace;
    const labels = services(where, name);
    if (labels === undefined)
      complaints.warn(
        'network/not-evaluated',
        `${path}/services`,
        `no Service ${where}/${name} with a selector is known; it is taken to match nothing`,
      );
    const wanted =
      labels === undefined
        ? { kind: 'never' as const }
        : and(is('namespace', '', 'in', [where]), ...Object.entries(labels).map(([key, value]) => is('label', key, 'in', [value])));
    parts.push({ kind: 'where', expression: wanted });
    restricted.push('the ports of a Service');
  }
  if (asList(entity.domains).length > 0) {
    parts.push({ kind: 'outside' });
    restricted.push('addresses of domain names');
  }
  const [first] = parts;
  return { peer: parts.length === 0 ? undefined : parts.length === 1 ? first : { kind: 'both', of: parts }, restricted };
}

/** Any of several peers, as what is not in none of them. */
function anyOf(peers: readonly Peer[]): Peer {
  const [first] = peers;
  if (first === undefined) return { kind: 'never' };
  return peers.length === 1 ? first : { kind: 'not', of: { kind: 'both', of: peers.map((of) => ({ kind: 'not', of })) } };
}

/** A selector; undefined where there is none. */
export function selectorAt(value: Json | undefined, path: string, scope: Scope, { refuse }: Complaining): Expression | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') {
    refuse(path, 'a selector is a text');
    return undefined;
  }
  const read = calicoSelector(value, scope);
  if (!read.ok) refuse(path, `${read.problem}: ${value.slice(0, 200)}`);
  return read.ok ? read.value : undefined;
}

/** `serviceAccounts: {names, selector}`. */
function accountsAt(value: Json | undefined, path: string, complaints: Complaining): Expression | undefined {
  if (!isObject(value)) return undefined;
  const names = strings(value.names);
  const selector = selectorAt(value.selector, `${path}/selector`, 'serviceAccount', complaints);
  const parts = [...(names.length > 0 ? [or(is('serviceAccount', '', 'in', names))] : []), ...(selector === undefined ? [] : [selector])];
  return parts.length === 0 ? undefined : and(...parts);
}

function netsAt(value: Json | undefined, path: string, { refuse }: Complaining): readonly Peer[] | undefined {
  const list = asList(value);
  if (list.length === 0) return undefined;
  return list.flatMap((net, index): readonly Peer[] => {
    const text = typeof net === 'string' && !net.includes('/') ? `${net}/${net.includes(':') ? 128 : 32}` : net;
    const read = block(text);
    if (read === undefined) refuse(`${path}/${index}`, `"${textOf(net)}" is no block such as 10.0.0.0/8`);
    return read === undefined ? [] : [{ kind: 'block', block: read }];
  });
}

/** Labels of a Service's selector. */
export function labelsOf(selector: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (!isObject(selector)) return undefined;
  const labels = Object.entries(selector).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}

/** True where a side of a rule names ports. */
export function namesPorts(entity: Json | undefined): boolean {
  return asList(field(entity, 'ports')).length > 0 || asList(field(entity, 'notPorts')).length > 0;
}

// AuthorizationPolicy (security.istio.io/v1): DENY first, then ALLOW; where an ALLOW policy selects a workload, what none allows is refused. No
// rules: ALLOW allows nothing, DENY denies nothing. A policy without selector holds for its namespace, in the root namespace for the mesh.
// principals and namespaces are known of callers in the mesh alone. Requests are told apart by method, path and host.
// Left out, and said in `restricted`: CUSTOM, which asks someone else; JWTs (requestPrincipals, request.auth), headers, SNI, remoteIpBlocks. AUDIT
// decides nothing. targetRefs name gateways and waypoints, which are not modelled.

import { mapSelects } from '../../kube/label-selector.ts';
import { asList, asString, dig, field, isObject, type Json, strings, textOf } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { block } from '../address-space.ts';
import { always, and, type Expression, is, not, or } from '../expression.ts';
import { type Peer, type Policy, type PortMatch, type ReadPolicy, type RequestMatch, type Rule, tiers } from '../policy.ts';
import { type Complaining, reading } from '../read-policy.ts';
import type { IstioContext } from './context.ts';

const inMesh = is('mesh', '', 'has');

/** Reads an AuthorizationPolicy. */
export function authorizationPolicy(resource: Resource, context: IstioContext): ReadPolicy {
  return reading(resource, (complaints): readonly Policy[] => {
    const spec = resource.object.spec;
    const written = field(spec, 'action') ?? 'ALLOW';
    const action = asString(written) ?? (written === 0 ? 'ALLOW' : '');
    if (!['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'].includes(action)) complaints.refuse('/spec/action', `"${action}" is no action`);
    if (action !== 'ALLOW' && (field(spec, 'rules') ?? undefined) === undefined)
      complaints.refuse('/spec/rules', `${action} without rules never happens; an empty rule {} means every request`);
    if (isObject(field(spec, 'targetRef')) || asList(field(spec, 'targetRefs')).length > 0) {
      complaints.warn('network/not-evaluated', '/spec/targetRefs', 'policies of gateways and waypoints are not evaluated');
      return [];
    }
    if (action === 'AUDIT') return [];
    const subject = subjectOf(resource, spec, context, complaints);
    const rules = asList(field(spec, 'rules')).flatMap((rule, index) => rulesOf(rule, `/spec/rules/${index}`, action, complaints));
    if (action === 'CUSTOM' && rules.length > 0)
      complaints.warn(
        'network/not-evaluated',
        '/spec/action',
        'what an external authorizer says is not known; it may refuse what its rules match',
      );
    const allows = action === 'ALLOW';
    return [
      {
        resource,
        tier: allows ? tiers.meshAllow : tiers.meshDeny,
        priority: 0,
        subject: { kind: 'where', expression: subject },
        applies: { ingress: true, egress: false },
        isolates: { ingress: allows, egress: false },
        rules: { ingress: rules, egress: [] },
      },
    ];
  });
}

/** The workloads that a policy of the mesh holds for. */
export function subjectOf(
  resource: Resource,
  spec: Json | undefined,
  { rootNamespace }: IstioContext,
  { refuse }: Complaining,
): Expression {
  const selector = field(spec, 'selector');
  const labels = field(selector, 'matchLabels');
  if (selector !== undefined && selector !== null && !isObject(selector)) refuse('/spec/selector', 'a selector is a mapping');
  const wanted = Object.entries(isObject(labels) ? labels : {}).map(([key, value]) => {
    if (typeof value !== 'string') refuse('/spec/selector/matchLabels', `the value of label "${key}" is no string`);
    return is('label', key, 'in', [textOf(value)]);
  });
  const where = resource.namespace === rootNamespace ? always : is('namespace', '', 'in', [resource.namespace]);
  return and(inMesh, where, ...wanted);
}

/** True where labels meet a `matchLabels` selector; an absent one selects everything. */
export function selects(selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean {
  const wanted = field(selector, 'matchLabels');
  return !isObject(wanted) || Object.keys(wanted).length === 0 || mapSelects(wanted, labels);
}

interface Condition {
  readonly peers: readonly Peer[];
  readonly ports: readonly PortMatch[] | undefined;
  readonly restricted: readonly string[];
}

function rulesOf(rule: Json, path: string, action: string, complaints: Complaining): readonly Rule[] {
  const froms = asList(field(rule, 'from'));
  const tos = asList(field(rule, 'to'));
  if (!isObject(rule)) complaints.refuse(path, 'a rule is a mapping');
  for (const key of ['from', 'to', 'when']) if (field(rule, key) === null) complaints.refuse(`${path}/${key}`, 'a list belongs here');
  if (field(rule, 'from') !== undefined && froms.length === 0) complaints.refuse(`${path}/from`, 'at least one source must be given');
  if (field(rule, 'to') !== undefined && tos.length === 0) complaints.refuse(`${path}/to`, 'at least one operation must be given');
  const when = whenOf(asList(field(rule, 'when')), `${path}/when`, complaints);
  const sources =
    froms.length === 0
      ? [{ peers: [], restricted: [] }]
      : froms.map((from, index) => sourceOf(field(from, 'source'), `${path}/from/${index}/source`, complaints));
  const operations =
    tos.length === 0
      ? [{ ports: undefined, restricted: [] }]
      : tos.map((to, index) => operationOf(field(to, 'operation'), `${path}/to/${index}/operation`, complaints));
  return sources.flatMap((source) =>
    operations.map((operation): Rule => {
      const reasons = [
        ...source.restricted,
        ...operation.restricted,
        ...when.restricted,
        ...(action === 'CUSTOM' ? ['an external authorizer'] : []),
      ];
      const peers = [...source.peers, ...when.peers];
      return {
        action: action === 'ALLOW' ? 'allow' : 'deny',
        name: undefined,
        path,
        peers: peers.length === 0 ? undefined : [peers.length === 1 && peers[0] !== undefined ? peers[0] : { kind: 'both', of: peers }],
        ports: bothPorts(operation.ports, when.ports),
        ...(reasons.length === 0 ? {} : { restricted: [...new Set(reasons)].join(', ') }),
      };
    }),
  );
}

/** Patterns of names: exact, `a*`, `*a`, `*`. */
function pattern(what: 'principal' | 'namespace', values: readonly string[]): Expression {
  const known = and(
    inMesh,
    or(
      ...values.map((value) => {
        const text = value.replace(/^spiffe:\/\//, '');
        if (text === '*') return is(what, '', 'has');
        if (text.endsWith('*')) return is(what, '', 'starts', [text.slice(0, -1)]);
        if (text.startsWith('*')) return is(what, '', 'ends', [text.slice(1)]);
        return is(what, '', 'in', [text]);
      }),
    ),
  );
  return known;
}

function blocks(list: readonly string[], path: string, { refuse }: Complaining): Peer {
  const peers = list.flatMap((text): readonly Peer[] => {
    const read = block(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
    if (read === undefined) refuse(path, `"${text.slice(0, 60)}" is no address or block`);
    return read === undefined ? [] : [{ kind: 'block', block: read }];
  });
  return anyOf(peers);
}

function anyOf(peers: readonly Peer[]): Peer {
  const [first] = peers;
  if (first === undefined) return { kind: 'never' };
  return peers.length === 1 ? first : { kind: 'not', of: { kind: 'both', of: peers.map((of) => ({ kind: 'not', of })) } };
}

const sourceFields = [
  'principals',
  'notPrincipals',
  'requestPrincipals',
  'notRequestPrincipals',
  'namespaces',
  'notNamespaces',
  'ipBlocks',
  'notIpBlocks',
  'remoteIpBlocks',
  'notRemoteIpBlocks',
  'serviceAccounts',
  'notServiceAccounts',
];

function sourceOf(source: Json | undefined, path: string, complaints: Complaining): Pick<Condition, 'peers' | 'restricted'> {
  const peers: Peer[] = [];
  const restricted: string[] = [];
  if (!isObject(source)) complaints.refuse(path, 'a source is a mapping');
  for (const key of isObject(source) ? Object.keys(source) : [])
    if (!sourceFields.includes(key)) complaints.refuse(`${path}/${key}`, 'no such field of a source');
  if (isObject(source) && sourceFields.every((key) => asList(source[key]).length === 0))
    complaints.refuse(path, 'a source must say something');
  const given = (key: string) => strings(field(source, key));
  const add = (key: string, peer: Peer) => peers.push(key.startsWith('not') ? { kind: 'not', of: peer } : peer);
  for (const key of ['principals', 'notPrincipals'])
    if (given(key).length > 0) add(key, { kind: 'where', expression: pattern('principal', given(key)) });
  for (const key of ['namespaces', 'notNamespaces'])
    if (given(key).length > 0) add(key, { kind: 'where', expression: pattern('namespace', given(key)) });
  for (const key of ['serviceAccounts', 'notServiceAccounts'])
    if (given(key).length > 0) {
      const wanted = given(key).map((value) => {
        const [namespace, name] = value.includes('/') ? value.split('/') : [undefined, value];
        return and(is('serviceAccount', '', 'in', [name ?? '']), namespace === undefined ? always : is('namespace', '', 'in', [namespace]));
      });
      add(key, { kind: 'where', expression: and(inMesh, or(...wanted)) });
    }
  for (const key of ['ipBlocks', 'notIpBlocks']) if (given(key).length > 0) add(key, blocks(given(key), `${path}/${key}`, complaints));
  if (given('requestPrincipals').length + given('notRequestPrincipals').length > 0) restricted.push('requestPrincipals (JWT)');
  if (given('remoteIpBlocks').length + given('notRemoteIpBlocks').length > 0)
    restricted.push('remoteIpBlocks (client addresses by header)');
  return { peers, restricted };
}

const operationFields = ['hosts', 'notHosts', 'ports', 'notPorts', 'methods', 'notMethods', 'paths', 'notPaths'];

function operationOf(operation: Json | undefined, path: string, complaints: Complaining): Pick<Condition, 'ports' | 'restricted'> {
  if (!isObject(operation)) complaints.refuse(path, 'an operation is a mapping');
  for (const key of isObject(operation) ? Object.keys(operation) : [])
    if (!operationFields.includes(key)) complaints.refuse(`${path}/${key}`, 'no such field of an operation');
  if (isObject(operation) && operationFields.every((key) => asList(operation[key]).length === 0))
    complaints.refuse(path, 'an operation must say something');
  const restricted: string[] = [];
  const given = (key: string) => strings(field(operation, key));
  const request: Record<string, readonly string[]> = {};
  for (const key of ['methods', 'notMethods', 'paths', 'notPaths', 'hosts', 'notHosts'] as const) {
    const values = given(key);
    if (values.length === 0) continue;
    if (values.some((value) => value.includes('{'))) restricted.push(`templates in ${key}`);
    else request[key] = key.endsWith('osts') ? values.map((value) => value.toLowerCase()) : values;
  }
  const ports = portsOf(given('ports'), given('notPorts'), path, complaints);
  const requests: RequestMatch | undefined = Object.keys(request).length === 0 ? undefined : request;
  if (ports === undefined && requests === undefined) return { ports: undefined, restricted };
  return {
    ports: (ports ?? [{ first: 1, last: 65535 }]).map((span) => ({
      kind: 'range',
      protocol: 'TCP',
      ...span,
      ...(requests === undefined ? {} : { requests }),
    })),
    restricted,
  };
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function portsOf(some: readonly string[], none: readonly string[], path: string, { refuse }: Complaining): readonly Span[] | undefined {
  const number = (text: string) => {
    if (!/^[0-9]{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535) refuse(path, `"${text.slice(0, 40)}" is no port`);
    return Number(text);
  };
  if (some.length === 0 && none.length === 0) return undefined;
  const gone = new Set(none.map(number));
  if (some.length > 0)
    return some
      .map(number)
      .filter((port) => !gone.has(port))
      .map((port) => ({ first: port, last: port }));
  const sorted = [0, ...[...gone].sort((a, b) => a - b), 65536];
  return sorted.slice(1).flatMap((next, index) => {
    const first = (sorted[index] ?? 0) + 1;
    return first <= next - 1 ? [{ first, last: next - 1 }] : [];
  });
}

function whenOf(list: readonly Json[], path: string, complaints: Complaining): Condition {
  const peers: Peer[] = [];
  const restricted: string[] = [];
  let ports: readonly PortMatch[] | undefined;
  list.forEach((condition, index) => {
    const at = `${path}/${index}`;
    const key = asString(field(condition, 'key')) ?? '';
    const [values, notValues] = [strings(field(condition, 'values')), strings(field(condition, 'notValues'))];
    for (const list of ['values', 'notValues'])
      if (field(condition, list) === null) complaints.refuse(`${at}/${list}`, 'a list belongs here');
    if (key === '') complaints.refuse(`${at}/key`, 'a condition needs a key');
    if (values.length + notValues.length === 0) complaints.refuse(at, 'a condition needs values or notValues');
    const add = (make: (values: readonly string[]) => Peer) => {
      if (values.length > 0) peers.push(make(values));
      if (notValues.length > 0) peers.push({ kind: 'not', of: make(notValues) });
    };
    if (key === 'source.namespace') add((names) => ({ kind: 'where', expression: pattern('namespace', names) }));
    else if (key === 'source.principal') add((names) => ({ kind: 'where', expression: pattern('principal', names) }));
    else if (key === 'source.ip') add((texts) => blocks(texts, at, complaints));
    else if (key === 'destination.port') {
      const spans = portsOf(values, notValues, at, complaints) ?? [];
      ports = bothPorts(
        ports,
        spans.map((span) => ({ kind: 'range', protocol: 'TCP', ...span })),
      );
    } else if (known.some((prefix) => key.startsWith(prefix))) restricted.push(key);
    else complaints.refuse(`${at}/key`, `"${key.slice(0, 60)}" is no attribute`);
  });
  return { peers, ports, restricted };
}

/** Attributes that are not evaluated here. */
const known = [
  'request.headers',
  'request.auth.',
  'remote.ip',
  'destination.ip',
  'connection.sni',
  'experimental.',
  'source.serviceAccount',
  'source.cluster',
];

/** Ports that are in both lists. */
function bothPorts(a: readonly PortMatch[] | undefined, b: readonly PortMatch[] | undefined): readonly PortMatch[] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a.flatMap((left) =>
    b.flatMap((right): readonly PortMatch[] => {
      if (left.kind !== 'range' || right.kind !== 'range') return [];
      const [first, last] = [Math.max(left.first, right.first), Math.min(left.last, right.last)];
      return first <= last ? [{ ...left, first, last }] : [];
    }),
  );
}

/** Everything that is not in the mesh. */
export const outsideMesh: Peer = { kind: 'not', of: { kind: 'where', expression: inMesh } };

/** What a policy of the mesh is about, without another. */
export function but(expression: Expression, others: readonly Expression[]): Expression {
  return others.length === 0 ? expression : and(expression, ...others.map(not));
}

/** The `spec` of an object. */
export function specOf(resource: Resource): Json | undefined {
  return dig(resource.object, 'spec');
}

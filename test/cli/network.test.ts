// The contract of `cofferdam network …`: statuses, JSON fields, and places of the rules an answer rests on.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cofferdam } from './cofferdam.ts';

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-network-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, ...documents: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, documents.join('---\n'));
  return path;
}

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}\nspec: {containers: [{name: c}]}\n`;
const policy =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: cart, namespace: shop}\nspec:\n  podSelector: {matchLabels: {app: cart}}\n  ingress:\n    - from:\n        - podSelector: {matchLabels: {app: web}}\n      ports: [{port: 80}]\n';
const head = file('head.yaml', policy, pod('web'), pod('cart'), pod('job'));
const base = file('base.yaml', pod('web'), pod('cart'), pod('job'));
const antrea = file(
  'antrea.yaml',
  pod('web'),
  pod('cart'),
  'apiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec: {}\n',
);
const refused = file('refused.yaml', pod('web'), policy.replace('port: 80', 'port: 99999'));

describe('statuses', () => {
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['connectivity is an answer', ['connectivity', head], 0],
    ['nothing to look at is 2', ['connectivity', join(folder, 'absent')], 2],
    ['a focus that is nobody is 2', ['connectivity', head, '--focus', 'shop/nobody'], 2],
    ['a peer in focus that is nobody is 2', ['connectivity', head, '--focus', 'cart', '--focus-peer', 'nobody'], 2],
    ['exposure of nobody is 2', ['exposure', head, '--focus', 'nobody'], 2],
    ['--direction without --focus is 2', ['connectivity', head, '--direction', 'ingress'], 2],
    ['a strange port is 2', ['connectivity', head, '--port', 'http'], 2],
    ['explain says yes', ['explain', 'shop/web', 'cart', head, '--port', '80'], 0],
    ['explain says no', ['explain', 'shop/job', 'cart', head, '--port', '80'], 1],
    ['explain without a port is an answer', ['explain', 'shop/job', 'cart', head], 0],
    ['explain of an unknown end is 2', ['explain', 'shop/nobody', 'cart', head], 2],
    ['explain where policies are not evaluated is no yes', ['explain', 'web', 'cart', antrea, '--port', '80'], 1],
    ['diff is an answer', ['diff', base, head], 0],
    ['diff with nothing opened passes the gate', ['diff', base, head, '--fail-on', 'opened'], 0],
    ['diff with something opened does not', ['diff', head, base, '--fail-on', 'opened'], 1],
    ['exposure is an answer', ['exposure', head], 0],
    ["netpol-analyzer's lines refuse what no API server takes", ['connectivity', refused, '--format', 'netpol-analyzer'], 2],
  ];
  for (const [name, words, status] of rows)
    test(name, () => {
      const ran = cofferdam(['network', ...words]);
      assert.equal(ran.status, status, ran.stderr + ran.stdout);
    });
});

test('connections in JSON name the rules they rest on, with file and line', () => {
  const result = JSON.parse(
    cofferdam(['network', 'connectivity', head, '--focus', 'shop/cart', '--direction', 'ingress', '-o', 'json']).stdout,
  );
  assert.equal(result.kind, 'Connectivity');
  assert.deepEqual(
    result.connections.map(({ from, to, ports, verdict, because }: Record<string, unknown>) => ({ from, to, ports, verdict, because })),
    [
      {
        from: { kind: 'Pod', namespace: 'shop', name: 'web' },
        to: { kind: 'Pod', namespace: 'shop', name: 'cart' },
        ports: [{ protocol: 'TCP', port: 80 }],
        verdict: 'allowed',
        because: [0],
      },
    ],
  );
  assert.deepEqual(
    result.rules.map(({ path, effect, source }: Record<string, unknown>) => ({ path, effect, line: (source as { line: number }).line })),
    [{ path: '/spec/ingress/0', effect: 'allow', line: 7 }],
  );
});

test('explain names the policy that denies', () => {
  const { stdout } = cofferdam(['network', 'explain', 'shop/job', 'shop/cart', head, '--port', '80']);
  assert.match(stdout, /denied/);
  assert.match(stdout, /NetworkPolicy shop\/cart isolates, no rule allows {2}TCP 80 {2}.*head\.yaml:4:1/);
});

test("netpol-analyzer's lines", () => {
  const { stdout } = cofferdam([
    'network',
    'connectivity',
    head,
    '--format',
    'netpol-analyzer',
    '--focus',
    'cart',
    '--direction',
    'ingress',
  ]);
  assert.equal(stdout, 'shop/web[Pod] => shop/cart[Pod] : TCP 80\n');
});

test('policies that are not evaluated are told, and the answers are unknown', () => {
  const ran = cofferdam(['network', 'connectivity', antrea, '-o', 'json']);
  const result = JSON.parse(ran.stdout);
  assert.deepEqual([...new Set(result.connections.map(({ verdict }: { verdict: string }) => verdict))], ['unknown']);
  assert.equal(result.notEvaluated[0].kind, 'NetworkPolicy');
});

test('dialects: what restricts, who enforces, and mutual TLS are told', () => {
  const path = file(
    'dialects.yaml',
    pod('web'),
    pod('cart'),
    [
      'apiVersion: cilium.io/v2',
      'kind: CiliumNetworkPolicy',
      'metadata: {name: cart, namespace: shop}',
      'spec:',
      '  endpointSelector: {matchLabels: {app: cart}}',
      '  ingress:',
      '  - fromEndpoints: [{matchLabels: {app: web}}]',
      '    toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{method: GET}]}}]',
      '---',
      'apiVersion: security.istio.io/v1',
      'kind: PeerAuthentication',
      'metadata: {name: default, namespace: shop}',
      'spec: {mtls: {mode: STRICT}}',
      '---',
      'apiVersion: apps/v1',
      'kind: DaemonSet',
      'metadata: {name: kube-flannel-ds, namespace: kube-flannel}',
      'spec: {selector: {matchLabels: {k: f}}, template: {metadata: {labels: {k: f}}, spec: {containers: [{name: c, image: flannel}]}}}',
      '',
    ].join('\n'),
  );
  const result = JSON.parse(cofferdam(['network', 'connectivity', path, '-o', 'json', '-q']).stdout);
  const found = result.connections.find(
    ({ from, to }: { from: { name: string }; to: { name: string } }) => from.name === 'web' && to.name === 'cart',
  );
  assert.deepEqual(found.ports, [{ protocol: 'TCP', port: 80 }]);
  assert.deepEqual(found.restricted, ['http rules']);
  assert.equal(found.mutualTls.result, 'mutual TLS');
  const states = result.enforcement.map(({ kind, state }: { kind: string; state: string }) => `${kind} ${state}`);
  assert.deepEqual(states, ['CiliumNetworkPolicy not-enforced', 'PeerAuthentication unknown']);
  assert.match(cofferdam(['network', 'explain', 'shop/web', 'cart', path, '-q']).stdout, /partly.*TCP 80.*restricted: http rules/s);
});

test('check names what does nothing', () => {
  const path = file('idle.yaml', pod('web'), policy.replaceAll('app: cart', 'app: ghost'));
  const ran = cofferdam(['network', 'check', path, '-o', 'json']);
  assert.equal(ran.status, 1);
  const result = JSON.parse(ran.stdout);
  assert.deepEqual(
    result.findings.map(({ why }: { why: string }) => why),
    ['selects-no-pod'],
  );
  assert.equal(cofferdam(['network', 'check', file('fine.yaml', pod('web'))]).status, 0);
});

test('the same input gives the same bytes', () => {
  for (const words of [
    ['connectivity', head, '-o', 'json'],
    ['exposure', head, '-o', 'json'],
    ['diff', base, head, '-o', 'json'],
  ])
    assert.equal(cofferdam(['network', ...words]).stdout, cofferdam(['network', ...words]).stdout);
});

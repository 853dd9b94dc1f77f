// The contract of `cofferdam network flows|compare|generate|map`: statuses and JSON fields, on the example shop and its recorded flows.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { cofferdam, root } from './cofferdam.ts';

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-network-flows-'));
after(() => rmSync(folder, { recursive: true }));

const shop = join(root, 'examples', 'shop');
const flows = join(root, 'examples', 'flows', 'shop.jsonl');
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const junk = file('junk.txt', 'this is\nnot a flow\n');
const packed = file('flows.gz', gzipSync(readFileSync(flows)));
const mixed = file('mixed.jsonl', `${readFileSync(flows, 'utf8')}not a flow\n`);
const closed = file(
  'closed.yaml',
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: payments, namespace: shop}\nspec: {podSelector: {matchLabels: {app: payments}}, policyTypes: [Ingress]}\n',
);

describe('statuses', () => {
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['flows is an answer', ['flows', shop, '--flows', flows], 0],
    ['gzipped flows', ['flows', shop, '--flows', packed], 0],
    ['flows without flows is 2', ['flows', shop], 2],
    ['a file without a flow is 2', ['flows', shop, '--flows', junk], 2],
    ['a file that is not there is 2', ['flows', shop, '--flows', join(folder, 'absent')], 2],
    ['a strange block is 2', ['flows', shop, '--flows', flows, '--outside', 'home'], 2],
    ['compare with nothing denied is 0', ['compare', shop, '--flows', flows], 0],
    ['compare with something denied now is 1', ['compare', shop, closed, '--flows', flows], 1],
    ['generate refuses nothing that was seen', ['generate', shop, '--flows', flows], 0],
    ['generate from nothing is 2', ['generate', shop], 2],
    ['generate from manifests alone', ['generate', shop, '--static'], 0],
    ['generate for a namespace that is not there is 2', ['generate', shop, '--static', '--for', 'nowhere'], 2],
    ['and so is one such beside one that is', ['generate', shop, '--static', '--for', 'shop,nowhere'], 2],
    ['map is an answer', ['map', shop, '-o', 'svg'], 0],
    ['map has no table', ['map', shop, '-o', 'table'], 2],
  ];
  for (const [name, words, status] of rows)
    test(name, () => {
      const ran = cofferdam(['network', ...words]);
      assert.equal(ran.status, status, ran.stderr + ran.stdout.slice(0, 2000));
    });
});

test('malformed lines are told with their place, and counted', () => {
  const ran = cofferdam(['network', 'flows', shop, '--flows', mixed, '-o', 'json']);
  const { intake } = JSON.parse(ran.stdout);
  assert.equal(intake.malformed, 1);
  assert.deepEqual(intake.malformedLines, [{ file: mixed, line: 9, why: 'no known format' }]);
  assert.match(ran.stderr, /mixed\.jsonl:9:1: a line of flows: no known format/);
});

test('edges name their ends, counts, times and names of DNS', () => {
  const { kind, edges } = JSON.parse(cofferdam(['network', 'flows', shop, '--flows', flows, '-o', 'json']).stdout);
  assert.equal(kind, 'NetworkFlows');
  const out = edges.find(({ to }: { readonly to: { readonly kind: string } }) => to.kind === 'Outside');
  assert.deepEqual(out, {
    from: { kind: 'Deployment', namespace: 'shop', name: 'payments' },
    to: { kind: 'Outside' },
    protocol: 'TCP',
    port: 443,
    verdict: 'allowed',
    flows: 1,
    firstSeen: '2026-01-06T09:12:01.400Z',
    lastSeen: '2026-01-06T09:12:01.400Z',
    addresses: [{ address: '93.184.215.14', flows: 1, names: ['pay.example.com'] }],
  });
});

test('a plan is proved: 0 of the flows are denied, with the policies as objects', () => {
  const plan = JSON.parse(cofferdam(['network', 'generate', shop, '--flows', flows, '-o', 'json']).stdout);
  assert.equal(plan.kind, 'NetworkPlan');
  assert.deepEqual([plan.replay.flows, plan.replay.denied], [3, []]);
  assert.ok(plan.closes.pairs > 0);
  const yaml = cofferdam(['network', 'generate', shop, '--flows', flows, '-o', 'yaml']).stdout;
  assert.deepEqual(loadAll(yaml), plan.policies);
  assert.equal(
    yaml,
    cofferdam(['network', 'generate', shop, '--flows', flows, '-o', 'yaml']).stdout,
    'the same input gives the same bytes',
  );
});

test('with the policies in place nothing that was seen is denied, and fewer pairs are open', () => {
  const yaml = file('policies.yaml', cofferdam(['network', 'generate', shop, '--flows', flows, '-o', 'yaml']).stdout);
  const { summary } = JSON.parse(cofferdam(['network', 'compare', shop, yaml, '--flows', flows, '-o', 'json']).stdout);
  assert.deepEqual([summary.deniedNow, summary.allowedPairs, summary.usedPercent], [0, 1, 100]);
});

test('flows come from standard input too', () => {
  const ran = cofferdam(['network', 'flows', shop, '--flows', '-', '-o', 'json'], { input: readFileSync(flows, 'utf8') });
  assert.equal(JSON.parse(ran.stdout).edges.length, 4);
});

test('a plan keeps open what the API server calls, and says so', () => {
  const hooked = file(
    'hook.yaml',
    [
      'apiVersion: v1\nkind: Service\nmetadata: {name: hook, namespace: shop}\nspec: {selector: {app: payments}, ports: [{port: 443, targetPort: 9443}]}',
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: checks}\nwebhooks:\n- {name: a.shop.example, clientConfig: {service: {namespace: shop, name: hook}}}\n- {name: b.shop.example, clientConfig: {service: {namespace: shop, name: gone}}}\n',
    ].join('\n---\n'),
  );
  for (const more of [['--static'], ['--flows', flows]]) {
    const { apiServerCalls } = JSON.parse(cofferdam(['network', 'generate', shop, hooked, ...more, '-o', 'json']).stdout);
    const from = { kind: 'ValidatingWebhookConfiguration', name: 'checks' };
    assert.deepEqual(apiServerCalls, [
      {
        from,
        service: { namespace: 'shop', name: 'hook', port: 443 },
        to: [{ kind: 'Deployment', namespace: 'shop', name: 'payments', protocol: 'TCP', port: 9443 }],
        allowed: true,
      },
      { from, service: { namespace: 'shop', name: 'gone', port: 443 }, to: [], allowed: false, reason: 'the Service is not in the input' },
    ]);
    const { stdout } = cofferdam(['network', 'generate', shop, hooked, ...more]);
    assert.match(stdout, /the API server calls shop\/payments TCP 9443 .* open to any address/);
    assert.match(stdout, /checks: the API server calls Service shop\/gone port 443, and no rule lets it: the Service is not in the input/);
  }
});

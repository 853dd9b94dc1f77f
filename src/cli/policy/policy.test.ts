import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command, Flags } from '../command.ts';
import { policyCommands } from './command.ts';

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
  validations: [{expression: object.spec.replicas <= 5, message: at most five}]
`;
const binding = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: bind}
spec: {policyName: replicas, validationActions: [Deny]}
`;
const deployment = (replicas: number) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: ${replicas}, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n`;
const suite = `apiVersion: cofferdam.dev/v1
kind: PolicyTest
policies: [policy.yaml, binding.yaml]
resources: [many.yaml]
cases:
- {name: nine are refused, object: {kind: Deployment, name: web}, expect: deny, message: at most five, policy: replicas}
- {name: wrong on purpose, object: {kind: Deployment, name: web}, expect: allow}
`;

async function cofferdam(name: string, files: Readonly<Record<string, string>>, words: readonly string[], flags: Flags = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-policy-'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const place = (value: Flags[string]) =>
    Array.isArray(value) ? value.map((file: string) => (Object.hasOwn(files, file) ? join(folder, file) : file)) : value;
  const command = policyCommands.find((each: Command) => each.name === `policy ${name}`);
  let out = '';
  const console = { out: (text: string) => (out += text), err: () => {}, color: false, width: undefined, quiet: true };
  try {
    const { run } = (await command?.load()) ?? { run: () => -1 };
    const status = await run({
      words: words.map((word) => (Object.hasOwn(files, word) ? join(folder, word) : word)),
      flags: Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, place(value)])),
      console,
      environment: {},
      now: 0,
    });
    return { status, out };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const files = {
  'policy.yaml': policy,
  'binding.yaml': binding,
  'many.yaml': deployment(9),
  'few.yaml': deployment(2),
  'suite.yaml': suite,
};

test('eval: what is refused is status 1, with the rule and why', async () => {
  const { status, out } = await cofferdam('eval', files, ['many.yaml'], { policy: ['policy.yaml', 'binding.yaml'], output: ['json'] });
  const { kind, results, requests } = JSON.parse(out);
  assert.deepEqual([status, kind, requests[0].allowed, requests[0].code], [1, 'PolicyResult', false, 422]);
  const { policy: name, rule, result, message, why } = results[0];
  assert.deepEqual(
    [name, rule, result, message, why.parts],
    ['replicas', 'spec.validations[0]', 'fail', 'at most five', [{ expression: 'object.spec.replicas', value: 9 }]],
  );
});

test('eval: what is admitted is status 0; a policy without a binding is named', async () => {
  assert.equal((await cofferdam('eval', files, ['few.yaml'], { policy: ['policy.yaml', 'binding.yaml'] })).status, 0);
  const unbound = await cofferdam('eval', files, ['many.yaml'], { policy: ['policy.yaml'] });
  assert.equal(unbound.status, 0);
  assert.match(unbound.out, /without a binding, and so judging nothing: replicas/);
  assert.equal((await cofferdam('eval', files, ['many.yaml'], { policy: ['policy.yaml'], bind: true })).status, 1);
});

test('eval: policies of other engines are named, never passed over', async () => {
  const kyverno = 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: labels}\nspec: {rules: []}\n';
  const more = { ...files, 'kyverno.yaml': kyverno };
  await assert.rejects(
    cofferdam('eval', more, ['many.yaml'], { policy: ['kyverno.yaml'] }),
    /no ValidatingAdmissionPolicy .* judging nothing: ClusterPolicy labels of Kyverno/,
  );
  const { out } = await cofferdam('eval', more, ['few.yaml'], { policy: ['policy.yaml', 'binding.yaml', 'kyverno.yaml'] });
  assert.match(out, /note: policies of engines that are not run here, and so judging nothing: ClusterPolicy labels of Kyverno/);
});

test('eval: a review that cannot be read exactly is refused, not rounded', async () => {
  const review = (generation: string) =>
    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"group":"apps","version":"v1","kind":"Deployment"},"resource":{"group":"apps","version":"v1","resource":"deployments"},"name":"web","namespace":"a","operation":"CREATE","userInfo":{},"object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","generation":${generation}},"spec":{"replicas":2}}}}`;
  const judged = async (generation: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'cofferdam-policy-'));
    const file = join(folder, 'review.json');
    writeFileSync(file, review(generation));
    try {
      return (await cofferdam('eval', files, [], { policy: ['policy.yaml', 'binding.yaml'], review: [file] })).status;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  assert.equal(await judged('1'), 0);
  await assert.rejects(judged('9007199254740993'), /beyond 2\^53/);
});

test('eval: what a Secret holds is shown nowhere', async () => {
  const quoting = policy
    .replace('apiGroups: [apps]', "apiGroups: ['']")
    .replace('deployments', 'secrets')
    .replace(
      '{expression: object.spec.replicas <= 5, message: at most five}',
      `{expression: "object.data.password == 'x'", messageExpression: "'bad ' + object.data.password"}`,
    );
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: c3VwZXJzZWNyZXQ=}\n';
  for (const output of ['json', 'table']) {
    const given = { 'quoting.yaml': quoting, 'binding.yaml': binding, 'secret.yaml': secret };
    const { status, out } = await cofferdam('eval', given, ['secret.yaml'], { policy: ['quoting.yaml', 'binding.yaml'], output: [output] });
    assert.equal(status, 1);
    assert.match(out, /bad \(hidden\)/);
    assert.doesNotMatch(out, /c3VwZXJz|supersecret/);
  }
});

test('eval: nothing to look at is no pass', async () => {
  await assert.rejects(cofferdam('eval', files, ['many.yaml']), /no ValidatingAdmissionPolicy/);
  await assert.rejects(cofferdam('eval', files, [], { policy: ['policy.yaml'] }), /no object to judge/);
});

test('test: a case that fails is status 1 and said', async () => {
  const { status, out } = await cofferdam('test', files, ['suite.yaml']);
  assert.equal(status, 1);
  assert.match(out, /wrong on purpose: expected allow, got deny/);
  assert.match(out, /1 passed, 1 failed/);
});

test('test: a case per line, with its policy, binding and parameters', async () => {
  const line = (replicas: number, expect: string) =>
    JSON.stringify({
      id: `${replicas}`,
      expect,
      request: { operation: 'CREATE', namespace: 'default' },
      object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { replicas } },
      policy: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'p' },
        spec: {
          paramKind: { apiVersion: 'limits.example/v1', kind: 'Limit' },
          matchConstraints: {
            resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
          },
          validations: [{ expression: 'object.spec.replicas <= params.most' }],
        },
      },
      binding: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'b' },
        spec: { policyName: 'p', validationActions: ['Deny'], paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } },
      },
      params: { apiVersion: 'limits.example/v1', kind: 'Limit', metadata: { name: 'limit' }, most: 5 },
    });
  const { status, out } = await cofferdam('test', { 'cases.jsonl': `${line(2, 'pass')}\n${line(9, 'fail')}\n` }, ['cases.jsonl']);
  assert.deepEqual([status, out], [0, '2 passed, 0 failed\n']);
});

test('bench: every policy has a time', async () => {
  const { status, out } = await cofferdam('bench', files, ['many.yaml'], {
    policy: ['policy.yaml', 'binding.yaml'],
    seconds: '0.01',
    output: ['json'],
  });
  const { policies } = JSON.parse(out);
  assert.deepEqual([status, policies[0].policy, policies[0].matched, policies[0].microseconds > 0], [0, 'replicas', 1, true]);
});

test('backtest: what was let in and would be refused is status 1', async () => {
  const event = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Event',
    verb: 'create',
    user: { username: 'jane' },
    objectRef: { resource: 'deployments', namespace: 'shop', apiGroup: 'apps', apiVersion: 'v1' },
    responseStatus: { code: 201 },
    requestObject: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 9 } },
  };
  const { status, out } = await cofferdam('backtest', { ...files, 'audit.log': `${JSON.stringify(event)}\n` }, [], {
    policy: ['policy.yaml', 'binding.yaml'],
    audit: ['audit.log'],
  });
  assert.equal(status, 1);
  assert.match(out, /1 × create deployments.apps in shop by jane: web/);
});

test('emit: a control as a policy with its binding; what cannot be is refused with the reason', async () => {
  const { status, out } = await cofferdam('emit', {}, ['C-0057'], { action: ['deny'] });
  assert.equal(status, 0);
  assert.match(out, /name: cofferdam-workload-privileged[\s\S]*kind: ValidatingAdmissionPolicyBinding/);
  await assert.rejects(cofferdam('emit', {}, ['supply-chain/image-tag']), /left out|not written as CEL|cannot see/);
});

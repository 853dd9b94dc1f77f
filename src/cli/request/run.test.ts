// `cofferdam request` as it is typed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'request-'));
after(() => rmSync(folder, { recursive: true }));

const state = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: dev, namespace: shop}
rules: [{apiGroups: ["", apps], resources: [pods, deployments, secrets], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: dev, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: dev}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`;
const privileged = 'containers: [{name: c, image: "nginx:1.27", securityContext: {privileged: true}}]';
const files: Readonly<Record<string, string>> = {
  'state.yaml': state,
  'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {${privileged}}\n`,
  'deployment.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${privileged}}}}\n`,
  'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n',
  'review.json': JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      operation: 'CREATE',
      resource: { group: '', version: 'v1', resource: 'secrets' },
      namespace: 'shop',
      userInfo: { username: 'bob', groups: ['system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
    },
  }),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

function run(...words: readonly string[]): { readonly status: number; readonly out: string } {
  const bin = join(import.meta.dirname, '../../../bin/cofferdam.cjs');
  const at = words.map((word) => (Object.hasOwn(files, word) ? join(folder, word) : word));
  try {
    return {
      status: 0,
      out: execFileSync(process.execPath, [bin, 'request', ...at, join(folder, 'state.yaml')], { encoding: 'utf8', stdio: 'pipe' }),
    };
  } catch (error) {
    const { status, stdout } = error as { readonly status: number; readonly stdout: string };
    return { status, out: stdout };
  }
}

test('a privileged pod is refused by Pod Security, and the line says so', () => {
  const { status, out } = run('-f', 'pod.yaml', '--as', 'jane');
  assert.equal(status, 1);
  assert.match(out, /✗ PodSecurity: pods "web" is forbidden: violates PodSecurity "baseline:latest"/);
  assert.match(out, /RoleBinding dev gives Role dev/);
});

test('a Deployment of such pods is stored, and its pods are refused', () => {
  const { status, out } = run('create', '-f', 'deployment.yaml', '--as', 'jane');
  assert.equal(status, 0);
  assert.match(out, /its pods would be refused: .*violates PodSecurity/);
});

test('values of Secrets are not printed', () => {
  for (const format of ['table', 'wide', 'json']) {
    const { status, out } = run('-f', 'secret.yaml', '--as', 'jane', '-o', format);
    assert.equal(status, 0);
    assert.doesNotMatch(out, /hunter2|aHVudGVyMg/);
  }
});

test('an AdmissionReview asks as its user', () => {
  const { status, out } = run('--review', 'review.json', '-o', 'json');
  assert.equal(status, 1);
  const { kind, allowed, stages } = JSON.parse(out);
  assert.deepEqual([kind, allowed, stages.at(-2).decision], ['RequestTrace', false, 'refused']);
});

test('without a user there is no question', () => {
  assert.equal(run('-f', 'pod.yaml').status, 2);
});

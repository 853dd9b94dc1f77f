// The commands about rights as a person runs them: answers, exit statuses, and what they say an answer rests on.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cofferdam } from '../../../test/cli/cofferdam.ts';

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-rights-'));
after(() => rmSync(folder, { recursive: true }));

const rbac = join(folder, 'rbac.yaml');
writeFileSync(
  rbac,
  `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
  - {apiGroups: [""], resources: [secrets], verbs: [get, list], resourceNames: [db]}
  - {apiGroups: [apps], resources: [deployments], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: ServiceAccount, name: web}
  - {kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admins}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: User, name: root, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: vera, apiGroup: rbac.authorization.k8s.io}]
`,
);
const web = ['--as', 'system:serviceaccount:shop:web'];

const scopes = join(folder, 'scopes.yaml');
writeFileSync(
  scopes,
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: looks}
rules:
  - {apiGroups: ["", shop.example.com], resources: [namespaces, nodes, orders, stores], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: looks, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: looks}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: stores.shop.example.com}
spec: {group: shop.example.com, scope: Cluster, names: {kind: Store, plural: stores}}
`,
);

describe('what a RoleBinding gives on resources of the whole cluster', () => {
  const table: readonly [says: string, words: readonly string[], subjects: number][] = [
    ['nothing on nodes', ['get', 'nodes'], 0],
    ['nothing on custom ones that are defined so', ['get', 'stores.shop.example.com'], 0],
    ['what is in namespaces', ['get', 'orders.shop.example.com'], 1],
    ['its own namespace', ['get', 'namespaces', 'shop'], 1],
    ['its own namespace, whatever -n says', ['get', 'namespaces', 'shop', '-n', 'bank'], 1],
    ['no other namespace', ['get', 'namespaces', 'bank'], 0],
    ['no list of namespaces', ['list', 'namespaces'], 0],
  ];
  for (const [says, words, subjects] of table)
    test(says, () => {
      const { stdout } = cofferdam(['who-can', ...words, '-f', scopes, '-o', 'json']);
      assert.equal(JSON.parse(stdout).subjects.length, subjects);
    });
  test('can answers alike', () => {
    const can = (...words: readonly string[]) => cofferdam(['can', ...words, '--as', 'jane', '-f', scopes]);
    assert.equal(can('get', 'namespaces', 'shop').status, 0);
    assert.match(can('get', 'nodes').stdout, /^no: jane may not get nodes\n/);
    assert.doesNotMatch(can('get', 'nodes').stdout, /but yes/);
  });
});

describe('the exit status', () => {
  const table: readonly [says: string, words: readonly string[], status: number][] = [
    ['yes is 0', ['can', 'get', 'secrets', 'db', '-n', 'shop', ...web, '-f', rbac], 0],
    ['no is 1', ['can', 'get', 'secrets', 'other', '-n', 'shop', ...web, '-f', rbac], 1],
    ['a node may do what the Node authorizer gives nodes', ['can', 'create', 'events', '-n', 'x', '--as', 'system:node:a', '-f', rbac], 0],
    ['another namespace is no', ['can', 'get', 'secrets', 'db', '-n', 'bank', ...web, '-f', rbac], 1],
    ['a short name and a path as a word', ['can', 'delete', 'deploy', '-n', 'shop', '--as', 'jane', '--as-group', 'dev', rbac], 0],
    ['a path that is no resource', ['can', 'get', '--url', '/metrics', '--as', 'root', '-f', rbac], 0],
    [
      'a name with slashes is a name where -f names the input',
      ['can', 'impersonate', 'users', 'arn:aws:x/joe', '--as', 'root', '-f', rbac],
      0,
    ],
    ['a resource beside --url is 2', ['who-can', 'get', 'pods', '--url', '/metrics', '-f', rbac], 2],
    ['no verb is 2', ['who-can', '', 'pods', '-f', rbac], 2],
    ['an empty resource is 2', ['who-can', 'get', '', '-f', rbac], 2],
    ['an empty user is 2', ['can', 'get', 'pods', '--as', '', '-f', rbac], 2],
    ['nobody to ask about is 2', ['can', 'get', 'pods', '-f', rbac], 2],
    ['groups without a user are 2', ['can', 'get', 'pods', '--as-group', 'dev', '-f', rbac], 2],
    ['no input is 2', ['who-can', 'get', 'pods'], 2],
    ['no resource is 2', ['who-can', 'get', '-f', rbac], 2],
    ['files and a cluster at once are 2', ['who-can', 'get', 'pods', '-f', rbac, '--context', 'x'], 2],
    ['a cluster that is not there is 3', ['who-can', 'get', 'pods', '-A'], 3],
    ['both --as and --all are 2', ['permissions', '--all', '--as', 'jane', '-f', rbac], 2],
    ['no audit log is 2', ['rbac', 'minimize', '-f', rbac], 2],
    ['an audit log that is none is 2', ['rbac', 'minimize', '--audit', rbac], 2],
    ['an audit log that is not there is 2', ['rbac', 'minimize', '--audit', join(folder, 'none.log')], 2],
  ];
  for (const [says, words, status] of table)
    test(says, () => {
      const ran = cofferdam(words);
      assert.equal(ran.status, status, ran.stdout + ran.stderr);
      if (status > 1) assert.match(ran.stderr, /^cofferdam: \S/);
    });
});

test('can shows the grant with its file and line, and what it rests on', () => {
  const { stdout } = cofferdam(['can', 'get', 'secret', 'db', '-n', 'shop', ...web, '-f', rbac]);
  assert.match(stdout, /^yes: system:serviceaccount:shop:web may get secrets db in namespace shop\n/);
  assert.match(stdout, /RoleBinding shop\/readers → Role shop\/reader, rule 1: get,list secrets \(only db\) {2}\(.*rbac\.yaml:5:5\)/);
  assert.match(stdout, /note: secret is taken for secrets\n/);
  assert.match(stdout, /rests on 1 role and 3 bindings, Kubernetes [0-9.]+ assumed; webhook authorizers and ABAC files are not known here/);
});

test('a question about the whole cluster says where the answer is yes', () => {
  const { stdout, status } = cofferdam(['can', 'list', 'deployments', ...web, '-f', rbac]);
  assert.equal(status, 1);
  assert.match(stdout, /but yes in shop \(ask with -n\)/);
});

test('who-can names everybody, everywhere unless told otherwise, and what is unknown', () => {
  const answer = JSON.parse(cofferdam(['who-can', 'delete', 'deployments.apps', '-f', rbac, '-o', 'json']).stdout);
  assert.deepEqual(
    answer.subjects.map((one: { kind: string; name: string; namespace?: string }) => `${one.kind} ${one.namespace ?? ''}/${one.name}`),
    ['User /root', 'ServiceAccount shop/web', 'Group /dev'],
  );
  assert.deepEqual(answer.subjects[1].via[0].binding, { kind: 'RoleBinding', name: 'readers', namespace: 'shop' });
  assert.equal(answer.subjects[1].via[0].rule.index, 1);
  assert.deepEqual(
    answer.unknown.map((one: { role: { name: string } }) => one.role.name),
    ['view'],
  );
  assert.ok(answer.restsOn.some((line: string) => line.startsWith('cluster-admin is not in the input')));
  const elsewhere = JSON.parse(cofferdam(['who-can', 'delete', 'deployments', '-n', 'bank', '-f', rbac, '-o', 'json']).stdout);
  assert.deepEqual(
    elsewhere.subjects.map((one: { name: string }) => one.name),
    ['root'],
  );
});

test('permissions of one and of all', () => {
  const one = JSON.parse(cofferdam(['permissions', ...web, rbac, '-o', 'json']).stdout);
  assert.deepEqual(
    one.subjects[0].rules.map((rule: { namespace: string; verbs: readonly string[] }) => `${rule.namespace} ${rule.verbs}`),
    ['shop get,list', 'shop *'],
  );
  const all = cofferdam(['permissions', '--all', rbac]).stdout;
  for (const name of ['Group dev', 'ServiceAccount shop/web', 'User root', 'User vera']) assert.ok(all.includes(name), name);
  assert.match(all, /\* \*\.\* \*|\* \*\.\*/);
});

describe('rbac minimize', () => {
  const event = (verb: string, resource: string, name: string, code = 200) => ({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: `${verb}-${name}`,
    stage: 'ResponseComplete',
    verb,
    requestURI: '/x',
    user: { username: 'root', groups: ['system:authenticated'] },
    objectRef: { resource, namespace: 'shop', name },
    responseStatus: { code },
  });
  const events = [event('get', 'configmaps', 'a'), event('get', 'configmaps', 'b'), event('delete', 'secrets', 'x', 403)];
  const forms: readonly [name: string, content: string | Buffer][] = [
    ['audit.log', events.map((one) => JSON.stringify(one)).join('\n')],
    ['audit.log.gz', gzipSync(events.map((one) => JSON.stringify(one)).join('\n'))],
    ['audit-list.json', JSON.stringify({ kind: 'EventList', items: events }, undefined, 2)],
    ['audit-azure.json', JSON.stringify({ records: events.map((one) => ({ properties: { log: JSON.stringify(one) } })) }, undefined, 1)],
  ];
  for (const [name, content] of forms)
    test(`reads ${name}`, () => {
      const file = join(folder, name);
      writeFileSync(file, content);
      const ran = cofferdam(['rbac', 'minimize', '--audit', file, '-f', rbac, '-o', 'json']);
      assert.equal(ran.status, 0, ran.stderr);
      const plan = JSON.parse(ran.stdout);
      assert.deepEqual(
        plan.roles.map((role: { rules: object }) => role.rules),
        [[{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['get'] }]],
      );
      assert.deepEqual(plan.replay, { requests: 3, denied: [] });
      assert.ok(plan.closes.some((one: { permission: string }) => one.permission === 'list secrets'));
    });

  test('keeps what a log holds before it breaks off, and says so', () => {
    const many = Array.from({ length: 2000 }, (_, index) => JSON.stringify(event('get', 'configmaps', `c${(index * 7919) % 10007}`)));
    const file = join(folder, 'cut.log.gz');
    const packed = gzipSync(many.join('\n'));
    writeFileSync(file, packed.subarray(0, packed.length / 2));
    const ran = cofferdam(['rbac', 'minimize', '--audit', file]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /note: .*cut\.log\.gz breaks off: unexpected end of file/);
  });

  test('the manifests it prints allow what was recorded, and can be asked', () => {
    const log = join(folder, 'again.log');
    writeFileSync(log, events.map((one) => JSON.stringify(one)).join('\n'));
    const least = join(folder, 'least.yaml');
    assert.equal(cofferdam(['rbac', 'minimize', '--audit', log, '-o', `yaml=${least}`]).status, 0);
    const asked = (...words: readonly string[]) => cofferdam(['can', ...words, '-n', 'shop', '--as', 'root', '-f', least]).status;
    assert.deepEqual([asked('get', 'configmaps', 'a'), asked('get', 'configmaps', 'c'), asked('delete', 'secrets', 'x')], [0, 1, 1]);
  });
});

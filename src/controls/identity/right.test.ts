import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { type RawFinding, runControls } from '../run.ts';
import { clusterRole, clusterRoleBinding, operators, role, roleBinding, rule } from './examples.ts';
import { identity } from './index.ts';

function findings(id: string, objects: readonly KubeObject[], version = '1.37', live = false): readonly RawFinding[] {
  const control = identity.find((entry): entry is Control => entry.id === `identity/${id}`);
  assert.ok(control !== undefined, id);
  const resources = objects.map((object) => resource(object, { kind: 'memory' }));
  const result = runControls(snapshot({ resources, facts: { ...assumedFacts(version), live } }), { controls: [control], now: 0 });
  assert.deepEqual(result.problems, []);
  return result.findings;
}

test('a Role may hold bind on ClusterRoles: it is asked in the namespace of the binding', () => {
  const binds = role([rule('rbac.authorization.k8s.io', ['clusterroles'], ['bind'])]);
  assert.deepEqual([findings('bind-roles', [binds]).length, findings('rule-without-effect', [binds]).length], [1, 0]);
});

describe('a right is found', () => {
  const table: readonly [says: string, id: string, rules: readonly JsonObject[], kind: 'Role' | 'ClusterRole', paths: readonly string[]][] =
    [
      [
        'at the verb that gives it',
        'secrets-read',
        [rule('', ['configmaps'], ['get']), rule('', ['secrets'], ['create', 'watch'])],
        'Role',
        ['/rules/1/verbs/1'],
      ],
      ['through a star for verbs', 'escalate-roles', [rule('rbac.authorization.k8s.io', ['roles'], ['*'])], 'Role', ['/rules/0/verbs/0']],
      ['through a star for resources where others list it too', 'secrets-read', [rule('', ['*'], ['get'])], 'Role', ['/rules/0/verbs/0']],
      ['but not through a star for resources where only stars say so', 'pods-attach', [rule('', ['*'], ['create'])], 'Role', []],
      ['not over two rules', 'secrets-read', [rule('', ['secrets'], ['delete']), rule('', ['configmaps'], ['get'])], 'Role', []],
      ['not in another API group', 'workloads-manage', [rule('', ['deployments'], ['patch'])], 'Role', []],
      ['not where it is limited to names', 'secrets-read', [rule('', ['secrets'], ['get'], ['tls'])], 'Role', []],
      [
        'limited to names where names do not help',
        'bind-roles',
        [rule('rbac.authorization.k8s.io', ['clusterroles'], ['bind'], ['view'])],
        'ClusterRole',
        ['/rules/0/verbs/0'],
      ],
      ['not where names make the verb void', 'pods-create', [rule('', ['pods'], ['create'], ['web'])], 'Role', []],
      [
        'in a mode of constrained impersonation',
        'impersonate',
        [rule('authentication.k8s.io', ['users'], ['impersonate:user-info'])],
        'ClusterRole',
        ['/rules/0/verbs/0'],
      ],
    ];
  for (const [says, id, rules, kind, paths] of table)
    test(says, () => {
      const found = findings(id, [kind === 'Role' ? role(rules) : clusterRole(rules)]);
      assert.deepEqual(
        found.map((finding) => finding.outcome.path),
        paths,
      );
    });
});

test('KubeHound: a role of another name that gives everything is as bad as cluster-admin', () => {
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const [finding] = findings('wildcard-rights', [
    clusterRole(everything, {}, 'harmless-viewer'),
    clusterRoleBinding([operators], 'harmless-viewer'),
  ]);
  assert.equal(finding?.control.severity, 'critical');
});

test('a role that nobody is bound to is judged, and says so', () => {
  const [finding] = findings('secrets-read', [clusterRole([rule('', ['secrets'], ['get'])])]);
  assert.match(finding?.outcome.detail ?? '', /nobody is bound to it here/);
});

test('a cluster-scoped resource in a Role is said to be without effect yet', () => {
  const [finding] = findings('nodes-proxy', [role([rule('', ['nodes/proxy'], ['get'])])]);
  assert.match(finding?.outcome.detail ?? '', /in a Role this has no effect yet/);
});

test('get opens a stream into a pod before Kubernetes 1.35, and does not from then on', () => {
  const objects = [role([rule('', ['pods/exec'], ['get'])])];
  assert.equal(findings('pods-exec', objects, '1.34').length, 1);
  assert.equal(findings('pods-exec', objects, '1.35').length, 0);
});

test('the roles that Kubernetes ships are not a finding', () => {
  assert.deepEqual(
    findings('secrets-read', [clusterRole([rule('', ['secrets'], ['get'])], {}, 'system:controller:namespace-controller')]),
    [],
  );
});

test('an aggregated role of a live cluster is judged by the roles it is made of', () => {
  const rules = [rule('', ['secrets'], ['get'])];
  const part = { ...clusterRole(rules, {}, 'part'), metadata: { name: 'part', labels: { into: 'total' } } };
  const total = clusterRole(rules, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { into: 'total' } }] } }, 'total');
  const found = findings('secrets-read', [total, part, clusterRoleBinding([operators], 'total')], '1.37', true);
  assert.deepEqual(
    found.map((finding) => [finding.resource?.name, finding.outcome.evidence?.length]),
    [['part', 2]],
  );
});

describe('the DNS settings are reached', () => {
  const update = [rule('', ['configmaps'], ['update'])];
  const table: readonly [says: string, objects: readonly KubeObject[], count: number][] = [
    ['by a ClusterRole for the whole cluster', [clusterRole(update), clusterRoleBinding([operators])], 1],
    ['by a ClusterRole in kube-system', [clusterRole(update), roleBinding([operators], 'ClusterRole', 'operator', 'kube-system')], 1],
    ['not by a ClusterRole in another namespace', [clusterRole(update), roleBinding([operators], 'ClusterRole')], 0],
    ['by a Role of kube-system', [role(update, 'kube-system')], 1],
    ['not by a Role of another namespace', [role(update)], 0],
    ['by their name', [clusterRole([rule('', ['configmaps'], ['patch'], ['coredns'])])], 1],
    ['not by another name', [clusterRole([rule('', ['configmaps'], ['patch'], ['leader'])])], 0],
  ];
  for (const [says, objects, count] of table) test(says, () => assert.equal(findings('coredns-write', objects).length, count));
});

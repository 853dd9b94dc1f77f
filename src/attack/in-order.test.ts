import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { assumedFacts, resource, snapshot } from '../snapshot/snapshot.ts';
import { fixesFor, pathsIn, usualThreat } from './answer.ts';
import { withPatches } from './change.ts';
import { inOrder } from './in-order.ts';
import { removing } from './repair.ts';

const rbac = 'rbac.authorization.k8s.io';
const subject = (name: string) => ({ kind: 'ServiceAccount', namespace: 'shop', name });
const binding: KubeObject = {
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'admins' },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: ['a', 'b', 'c', 'd'].map(subject),
};
const bound = resource(binding, { kind: 'memory' });
const repair = (...paths: readonly string[]) => ({
  id: paths.join(),
  text: '',
  effort: 1,
  changes: [{ kind: 'patch' as const, resource: bound, patch: removing(paths) }],
});
const patches = (...repairs: readonly ReturnType<typeof repair>[]) =>
  inOrder(repairs).map((changes) => changes.flatMap((change) => (change.kind === 'patch' ? change.patch.map(({ path }) => path) : [])));

const rows: readonly (readonly [string, readonly (readonly string[])[], readonly (readonly string[])[]])[] = [
  ['a later place of the list has moved', [['/subjects/0'], ['/subjects/2']], [['/subjects/0'], ['/subjects/1']]],
  ['an earlier place has not', [['/subjects/2'], ['/subjects/0']], [['/subjects/2'], ['/subjects/0']]],
  ['what is gone is not taken out again', [['/subjects/1'], ['/subjects/1', '/subjects/3']], [['/subjects/1'], ['/subjects/2']]],
  ['what lies in what is gone is left alone', [['/subjects/1'], ['/subjects/1/name']], [['/subjects/1'], []]],
  ['what lies in a later place moves with it', [['/subjects/0'], ['/subjects/2/name']], [['/subjects/0'], ['/subjects/1/name']]],
];
for (const [name, before, after] of rows)
  test(name, () => {
    assert.deepEqual(patches(...before.map((paths) => repair(...paths))), after);
  });

test('the patches of a fix set, made one after the other, leave no path and take nobody else out', () => {
  const state = snapshot({ resources: [bound], facts: assumedFacts(undefined) });
  const threat = { ...usualThreat, from: ['sa/shop/a', 'sa/shop/b', 'sa/shop/d'], to: ['cluster-admin'] };
  const plan = fixesFor(state, threat);
  assert.ok(plan.ok);
  let now = state;
  for (const changes of inOrder(plan.value.fixes.map((fix) => fix.repair)))
    for (const change of changes) {
      assert.equal(change.kind, 'patch');
      const target = { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', name: 'admins' };
      const made = withPatches(now, [{ target, patch: change.kind === 'patch' ? change.patch.map((one) => ({ ...one })) : [] }]);
      assert.ok(made.ok);
      now = made.value;
    }
  assert.deepEqual(now.resources[0]?.object.subjects, [subject('c')]);
  const left = pathsIn(now, { ...threat, from: ['accounts/shop'] });
  assert.deepEqual(left.ok && left.value.paths.map(({ from }) => from.name), ['c']);
});

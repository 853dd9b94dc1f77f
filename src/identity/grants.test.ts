import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { bindingsIn, bindingsOf } from './bindings.ts';
import { copyNear } from './copies.ts';
import { allowedBy, grantsFrom, grantsTo } from './grants.ts';
import { findRoles } from './roles.ts';
import { request } from './rules.ts';
import { anonymous, serviceAccount, subjectMatches, type User } from './subjects.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const readSecrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }];

function role(kind: string, name: string, rules: readonly JsonObject[], more: JsonObject = {}, namespace?: string): KubeObject {
  const { labels, ...rest } = more;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
    rules,
    ...rest,
  };
}

function binding(kind: string, to: string, subjects: readonly JsonObject[], namespace?: string): KubeObject {
  const [refKind = '', name = ''] = to.split('/');
  const metadata = { name: `${name}-binding`, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion, kind, metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: refKind, name }, subjects };
}

function snapshotOf(objects: readonly KubeObject[], live = false): Snapshot {
  return snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: { ...assumedFacts('1.36'), live } });
}

const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] };
const web = serviceAccount('shop', 'web');
const toJane = [{ kind: 'User', name: 'jane' }];
const getSecret = (namespace: string) => request('get', '', 'secrets', { namespace, name: 'a' });

describe('a request is', () => {
  const clusterRole = role('ClusterRole', 'reader', readSecrets);
  const table: readonly [says: string, objects: readonly KubeObject[], user: User, namespace: string, allowed: boolean][] = [
    [
      'allowed everywhere by a ClusterRoleBinding',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', toJane)],
      jane,
      'any',
      true,
    ],
    [
      'allowed in its namespace by a RoleBinding',
      [clusterRole, binding('RoleBinding', 'ClusterRole/reader', toJane, 'shop')],
      jane,
      'shop',
      true,
    ],
    [
      'not allowed elsewhere by a RoleBinding',
      [clusterRole, binding('RoleBinding', 'ClusterRole/reader', toJane, 'shop')],
      jane,
      'bank',
      false,
    ],
    [
      'not allowed for the whole cluster by a RoleBinding',
      [clusterRole, binding('RoleBinding', 'ClusterRole/reader', toJane, 'shop')],
      jane,
      '',
      false,
    ],
    [
      'allowed by a Role of the namespace',
      [role('Role', 'reader', readSecrets, {}, 'shop'), binding('RoleBinding', 'Role/reader', toJane, 'shop')],
      jane,
      'shop',
      true,
    ],
    [
      'not allowed by a Role of another namespace',
      [role('Role', 'reader', readSecrets, {}, 'bank'), binding('RoleBinding', 'Role/reader', toJane, 'shop')],
      jane,
      'shop',
      false,
    ],
    [
      'not allowed by a Role bound for the cluster',
      [role('Role', 'reader', readSecrets, {}, 'shop'), binding('ClusterRoleBinding', 'Role/reader', toJane)],
      jane,
      'shop',
      false,
    ],
    [
      'not allowed by a binding whose role is not there',
      [binding('ClusterRoleBinding', 'ClusterRole/reader', toJane)],
      jane,
      'shop',
      false,
    ],
    [
      'allowed through a group',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'Group', name: 'dev' }])],
      jane,
      'shop',
      true,
    ],
    [
      'not allowed to a user by the name of a group',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'User', name: 'dev' }])],
      jane,
      'shop',
      false,
    ],
    [
      'not allowed to everybody by a star',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'User', name: '*' }])],
      jane,
      'shop',
      false,
    ],
    [
      'allowed to a service account',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }])],
      web,
      'shop',
      true,
    ],
    [
      'allowed to a service account that takes the namespace of its binding',
      [clusterRole, binding('RoleBinding', 'ClusterRole/reader', [{ kind: 'ServiceAccount', name: 'web' }], 'shop')],
      web,
      'shop',
      true,
    ],
    [
      'not allowed to a service account without a namespace in the whole cluster',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'ServiceAccount', name: 'web' }])],
      web,
      'shop',
      false,
    ],
    [
      'allowed to a service account spelled as a user',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'User', name: 'system:serviceaccount:shop:web' }])],
      web,
      'shop',
      true,
    ],
    [
      'allowed to a service account through its namespace',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'Group', name: 'system:serviceaccounts:shop' }])],
      web,
      'shop',
      true,
    ],
    [
      'allowed to callers without a name',
      [clusterRole, binding('ClusterRoleBinding', 'ClusterRole/reader', [{ kind: 'Group', name: 'system:unauthenticated' }])],
      anonymous,
      'shop',
      true,
    ],
  ];
  for (const [says, objects, user, namespace, allowed] of table)
    test(says, () => assert.equal(allowedBy(snapshotOf(objects), user, getSecret(namespace)) !== undefined, allowed));
});

const aggregated = (selectors: readonly JsonObject[], rules: readonly JsonObject[] = []) =>
  role('ClusterRole', 'total', rules, { aggregationRule: { clusterRoleSelectors: selectors } });
const part = (name: string, labels: JsonObject, rules: readonly JsonObject[] = readSecrets) => role('ClusterRole', name, rules, { labels });
const bound = binding('ClusterRoleBinding', 'ClusterRole/total', toJane);
const prefilled = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const getPod = request('get', '', 'pods', { namespace: 'shop', name: 'a' });

describe('an aggregated ClusterRole', () => {
  const inTotal = { matchLabels: { 'to-total': 'true' } };
  test('has the rules of the roles it selects, and the proof names the role they are written in', () => {
    const proof = allowedBy(snapshotOf([aggregated([inTotal]), part('secrets', { 'to-total': 'true' }), bound]), jane, getSecret('shop'));
    assert.deepEqual(
      [proof?.role.name, proof?.source.name, proof?.index, proof?.binding.resource.name],
      ['total', 'secrets', 0, 'total-binding'],
    );
  });
  test('selects by any of its selectors', () => {
    const state = snapshotOf([aggregated([{ matchLabels: { no: 'no' } }, inTotal]), part('secrets', { 'to-total': 'true' }), bound]);
    assert.ok(allowedBy(state, jane, getSecret('shop')));
  });
  test('loses the rules that are written in it once it selects something', () => {
    assert.equal(
      allowedBy(snapshotOf([aggregated([inTotal], prefilled), part('secrets', { 'to-total': 'true' }), bound]), jane, getPod),
      undefined,
    );
  });
  test('keeps the rules that are written in it while it selects nothing', () => {
    assert.ok(allowedBy(snapshotOf([aggregated([inTotal], prefilled), bound]), jane, getPod));
  });
  test('takes over from aggregated roles in turn, and does not count itself', () => {
    const inner = role('ClusterRole', 'inner', [], {
      labels: { 'to-total': 'true' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { leaf: 'true' } }] },
    });
    const self = role('ClusterRole', 'total', prefilled, {
      labels: { 'to-total': 'true' },
      aggregationRule: { clusterRoleSelectors: [inTotal] },
    });
    const state = snapshotOf([self, inner, part('secrets', { leaf: 'true' }), bound]);
    assert.ok(allowedBy(state, jane, getSecret('shop')));
    assert.equal(allowedBy(state, jane, getPod), undefined);
  });
  test('of a circle ends', () => {
    const one = role('ClusterRole', 'total', [], {
      labels: { b: 'true' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'true' } }] },
    });
    const two = role('ClusterRole', 'two', [], {
      labels: { a: 'true' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { b: 'true' } }] },
    });
    assert.equal(allowedBy(snapshotOf([one, two, bound]), jane, getSecret('shop')), undefined);
  });
  const chained = (count: number, selects: (index: number) => JsonObject, labels: (index: number) => JsonObject) =>
    Array.from({ length: count }, (_, index) =>
      role('ClusterRole', index === 0 ? 'total' : `r${index}`, [], {
        labels: labels(index),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: selects(index) }] },
      }),
    );
  test('of many that all select each other ends soon, with the rules of what they select beside themselves', () => {
    const every = { 'to-total': 'true' };
    const all = chained(
      300,
      () => every,
      () => every,
    );
    const state = snapshotOf([...all, part('secrets', every), bound]);
    assert.equal(grantsTo(state, jane)[0]?.rules.length, 1);
  });
  test('has the rules at the end of a chain of any length, once', () => {
    const chain = chained(
      1500,
      (index) => ({ step: `${index + 1}` }),
      (index) => ({ step: `${index}` }),
    );
    const state = snapshotOf([...chain, part('secrets', { step: '1500' }), bound]);
    assert.equal(grantsTo(state, jane)[0]?.rules.length, 1);
  });
  test('of a live cluster has the rules its controller wrote, and the proof names the role they are from', () => {
    const secrets = part('secrets', { 'to-total': 'true' });
    const state = snapshotOf([aggregated([inTotal], [...readSecrets, ...prefilled]), secrets, bound], true);
    assert.equal(allowedBy(state, jane, getSecret('shop'))?.source.name, 'secrets');
    assert.equal(allowedBy(state, jane, getPod)?.source.name, 'total');
  });
  test('of a live cluster has no rules that its controller did not write', () => {
    const state = snapshotOf([aggregated([inTotal]), part('secrets', { 'to-total': 'true' }), bound], true);
    assert.equal(allowedBy(state, jane, getSecret('shop')), undefined);
  });
});

test('grants are found from the role that holds the rule and from the subject that is granted it', () => {
  const state = snapshotOf([aggregated([{ matchLabels: { 'to-total': 'true' } }]), part('secrets', { 'to-total': 'true' }), bound]);
  const [written] = findRoles(state, { kind: 'ClusterRole', namespace: '', name: 'secrets' });
  assert.ok(written !== undefined);
  assert.deepEqual(
    grantsFrom(state, written).map(({ role: { name } }) => name),
    ['total'],
  );
  assert.deepEqual(
    grantsTo(state, jane).map(({ subject }) => subject.path),
    ['/subjects/0'],
  );
});

test('the index of callers finds exactly the bindings with a subject that stands for the caller', () => {
  const name = fc.constantFrom('jane', 'web', 'dev', 'system:serviceaccount:shop:web', 'system:authenticated');
  const subject = fc.record(
    { kind: fc.constantFrom('User', 'Group', 'ServiceAccount', 'Robot'), name },
    { requiredKeys: ['kind', 'name'] },
  );
  const placed = fc.tuple(subject, fc.constantFrom(undefined, 'shop', 'bank')).map(([one, namespace]) => ({
    ...one,
    ...(namespace === undefined ? {} : { namespace }),
  }));
  const one = fc.tuple(fc.array(placed, { maxLength: 3 }), fc.constantFrom(undefined, 'shop', 'bank'));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 5 }), (rows) => {
      const objects = rows.map(([subjects, namespace], at) => ({
        ...binding(namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding', 'ClusterRole/view', subjects, namespace),
        metadata: { name: `b${at}`, ...(namespace === undefined ? {} : { namespace }) },
      }));
      const state = snapshotOf(objects);
      for (const user of [jane, web, anonymous])
        assert.deepEqual(
          bindingsOf(state, user).map((item) => item.binding.resource.name),
          bindingsIn(state)
            .filter((item) => item.subjects.some((candidate) => subjectMatches(candidate, user)))
            .map((item) => item.resource.name),
        );
    }),
  );
});

test('copies of roles and bindings count once, and the proof is taken from the nearest', () => {
  const objects = [role('ClusterRole', 'reader', readSecrets), binding('ClusterRoleBinding', 'ClusterRole/reader', toJane)];
  const from = (file: string) =>
    objects.map((object) => resource(object, { kind: 'file', file, document: 0, documentEnd: 0, pointer: '' }));
  const resources = [...from('a.yaml'), ...from('b.yaml'), ...from('c.yaml')];
  const state = snapshot({ resources });
  const [, , roleOfB] = resources;
  assert.ok(roleOfB !== undefined);
  const grants = grantsFrom(state, roleOfB);
  assert.equal(grants.length, 1);
  const [grant] = grants;
  assert.ok(grant !== undefined);
  const { origin } = copyNear(state, grant.binding.resource, roleOfB);
  assert.equal(origin.kind === 'file' ? origin.file : '', 'b.yaml');
});

// The compiled authorizer against a literal one: every binding, every rule, every word compared, as kube-apiserver's own code does it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { asList, asString, dig, field, strings } from '../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../snapshot/snapshot.ts';
import { allows, can } from './access-review.ts';
import { authorizerOf, rbacAllows } from './authorizer.ts';
import { type RequestAttributes, request } from './rules.ts';
import { serviceAccount, type User } from './subjects.ts';
import { whoCan } from './who-can.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
type Arbitrary<T> = T extends fc.Arbitrary<infer V> ? V : never;
const subjectText = (kind: string, namespace: string, name: string) => `${kind} ${namespace}/${name}`;

/** The reference: no index, no compilation, no sharing with the code under test. */
function literallyAllowed(objects: readonly KubeObject[], user: User, wanted: RequestAttributes): boolean {
  return objects.some((binding) => {
    const own = binding.kind === 'RoleBinding' ? (asString(dig(binding, 'metadata', 'namespace')) ?? '') : '';
    if (!binding.kind.endsWith('Binding') || (own !== '' && own !== wanted.namespace)) return false;
    const named = asList(binding.subjects).some((subject) => {
      const [kind, name] = [field(subject, 'kind'), field(subject, 'name')];
      const namespace = asString(field(subject, 'namespace')) || own;
      if (kind === 'User') return name === user.name;
      if (kind === 'Group') return typeof name === 'string' && user.groups.includes(name);
      return kind === 'ServiceAccount' && namespace !== '' && `system:serviceaccount:${namespace}:${name}` === user.name;
    });
    const kind = dig(binding, 'roleRef', 'kind');
    const role = objects.find(
      (object) =>
        object.kind === kind &&
        dig(object, 'metadata', 'name') === dig(binding, 'roleRef', 'name') &&
        (kind === 'ClusterRole' || (own !== '' && dig(object, 'metadata', 'namespace') === own)),
    );
    return named && asList(role?.rules).some((rule) => literallyCovers(rule, wanted));
  });
}

function literallyCovers(rule: unknown, { verb, apiGroup, resource: plural, subresource, name, path }: RequestAttributes): boolean {
  const list = (key: string) => strings(field(rule, key));
  if (!list('verbs').some((own) => own === '*' || own === verb)) return false;
  if (plural === '')
    return list('nonResourceURLs').some(
      (own) => own === '*' || own === path || (/\*$/.test(own) && path.startsWith(own.replace(/\*+$/, ''))),
    );
  const asked = subresource === '' ? plural : `${plural}/${subresource}`;
  return (
    list('apiGroups').some((own) => own === '*' || own === apiGroup) &&
    list('resources').some((own) => own === '*' || own === asked || (subresource !== '' && own === `*/${subresource}`)) &&
    (list('resourceNames').length === 0 || list('resourceNames').includes(name))
  );
}

const some = (...words: string[]) => fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
const rule = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verbs: some('get', 'list', 'create', '*', '*', 'GET'),
      apiGroups: some('', '', 'apps', '*'),
      resources: some('pods', 'pods/exec', '*/exec', 'pods/*', '*', '*/*', 'Pods'),
      resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some('web', '', 'db') }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verbs: some('get', '*'), nonResourceURLs: some('*', '/metrics', '/api/*', '/logs/**', '/a/*/b') }) },
);
const role = fc.record({
  name: fc.constantFrom('a', 'b'),
  namespace: fc.constantFrom('', '', 'shop'),
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
});
const subject = fc.record({
  kind: fc.constantFrom('User', 'Group', 'ServiceAccount', 'User', 'Group', 'Robot'),
  name: fc.constantFrom('jane', 'dev', 'web', 'system:serviceaccount:shop:web', '*', 'system:authenticated'),
  namespace: fc.constantFrom('', 'shop'),
});
const binding = fc.record({
  name: fc.constantFrom('x', 'y', 'z'),
  namespace: fc.constantFrom('', '', 'shop', 'bank'),
  kind: fc.constantFrom('Role', 'ClusterRole', 'ClusterRole', 'ClusterRole', 'role'),
  role: fc.constantFrom('a', 'b', 'a', 'b', 'gone'),
  subjects: fc.array(subject, { minLength: 1, maxLength: 4 }),
});
const wanted = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('get', 'list', 'create', '*'),
      fc.constantFrom('', 'apps', 'x'),
      fc.constantFrom('pods', 'pods/exec', 'Pods', 'nodes', 'x/exec'),
    )
    .chain(([verb, group, plural]) =>
      fc
        .record({ namespace: fc.constantFrom('', 'shop', 'bank'), name: fc.constantFrom('', 'web', 'other') })
        .map((where) => request(verb, group, plural, where)),
    ),
  fc.constantFrom('/metrics', '/api', '/api/v1', '/logs/x', '/a/*/b').map((path) => ({ ...request('get', '', ''), path })),
);
const caller = fc.constantFrom<User>(
  { name: 'jane', groups: ['dev', 'system:authenticated'] },
  serviceAccount('shop', 'web'),
  { name: '*', groups: [] },
  { name: 'nobody', groups: ['dev', 'dev'] },
);

function objectsOf(roles: readonly Arbitrary<typeof role>[], bindings: readonly Arbitrary<typeof binding>[]): KubeObject[] {
  const byName = new Map<string, KubeObject>();
  for (const { name, namespace, rules } of roles)
    byName.set(`role ${namespace}/${name}`, {
      apiVersion,
      kind: namespace === '' ? 'ClusterRole' : 'Role',
      metadata: { name, ...(namespace === '' ? {} : { namespace }) },
      rules,
    });
  for (const { name, namespace, kind, role: named, subjects } of bindings)
    byName.set(`binding ${namespace}/${name}`, {
      apiVersion,
      kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name, ...(namespace === '' ? {} : { namespace }) },
      roleRef: { kind, name: named },
      subjects,
    });
  return [...byName.values()];
}

const state = (objects: readonly KubeObject[]) =>
  snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: { ...assumedFacts('1.36'), live: true } });

test('every answer is the literal one, its proof stands, and who-can names exactly those who can', () => {
  let yes = 0;
  fc.assert(
    fc.property(
      fc.array(role, { minLength: 2, maxLength: 5 }),
      fc.array(binding, { minLength: 2, maxLength: 6 }),
      fc.array(wanted, { minLength: 4, maxLength: 12 }),
      caller,
      (roles, bindings, questions, user) => {
        const objects = objectsOf(roles, bindings);
        const cluster = state(objects);
        for (const question of questions) {
          const expected = literallyAllowed(objects, user, question);
          if (expected) yes++;
          assert.equal(rbacAllows(authorizerOf(cluster), user, question), expected);
          const review = can(cluster, user, question);
          assert.equal(review.allowed, expected);
          assert.equal(review.via.length > 0, expected);
          for (const via of review.via) {
            const alone = [via.binding.resource.object, via.rule.source.object];
            assert.ok(literallyAllowed(alone, user, question), 'each proof suffices alone');
          }
          const holders = new Set(
            whoCan(cluster, question).holders.map(({ subject: { kind, namespace, name } }) => subjectText(kind, namespace, name)),
          );
          const mine = [
            subjectText('User', '', user.name),
            ...user.groups.map((group) => subjectText('Group', '', group)),
            ...(/^system:serviceaccount:/.test(user.name)
              ? [subjectText('ServiceAccount', user.name.split(':')[2] ?? '', user.name.split(':')[3] ?? '')]
              : []),
          ];
          assert.equal(
            mine.some((key) => holders.has(key)),
            expected,
          );
        }
      },
    ),
    { numRuns: 2500 },
  );
  assert.ok(yes > 300, `only ${yes} questions were answered yes`);
});

describe('what others get wrong', () => {
  const bound = (rules: readonly object[], subject: object = { kind: 'User', name: 'jane' }): KubeObject[] => [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: rules as never },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [subject as never],
    },
  ];
  const jane: User = { name: 'jane', groups: [] };
  const url = (path: string) => ({ ...request('get', '', ''), path });
  const on = (verbs: string, apiGroup: string, resources: string, more: object = {}) => ({
    verbs: verbs.split(' '),
    apiGroups: [apiGroup],
    resources: resources.split(' '),
    ...more,
  });
  const table: readonly [says: string, rules: readonly object[], wanted: RequestAttributes, allowed: boolean][] = [
    [
      'rbac-police: bind is asked of roles',
      [on('bind', 'rbac.authorization.k8s.io', 'clusterroles')],
      request('bind', 'rbac.authorization.k8s.io', 'clusterroles', { name: 'x' }),
      true,
    ],
    [
      'rbac-police: bind on bindings is nothing',
      [on('bind', 'rbac.authorization.k8s.io', 'clusterrolebindings')],
      request('bind', 'rbac.authorization.k8s.io', 'clusterroles', { name: 'x' }),
      false,
    ],
    [
      'rbac-police, KubeHound: get is a right on nodes/proxy too',
      [on('get', '', 'nodes/proxy')],
      request('get', '', 'nodes/proxy', { name: 'n' }),
      true,
    ],
    [
      'rbac-police: watch secrets is not list secrets, but is a right',
      [on('watch', '', 'secrets')],
      request('watch', '', 'secrets', { namespace: 'x' }),
      true,
    ],
    [
      'KubeHound: workloads live in apps',
      [on('create', 'apps', 'deployments')],
      request('create', 'apps', 'deployments', { namespace: 'x' }),
      true,
    ],
    ['KubeHound: pods/* is no wildcard', [on('*', '', 'pods/*')], request('create', '', 'pods/exec', { namespace: 'x', name: 'p' }), false],
    [
      'KubeHound: names limit',
      [on('get', '', 'secrets', { resourceNames: ['a'] })],
      request('get', '', 'secrets', { namespace: 'x', name: 'b' }),
      false,
    ],
    [
      'kubectl-who-can, rbac-tool: */exec is any parent',
      [on('create', '', '*/exec')],
      request('create', '', 'pods/exec', { namespace: 'x', name: 'p' }),
      true,
    ],
    ['kubectl-who-can, rbac-tool: URLs have a wildcard', [{ verbs: ['get'], nonResourceURLs: ['/logs', '*'] }], url('/metrics'), true],
    ['kubectl-who-can: URLs have prefixes', [{ verbs: ['get'], nonResourceURLs: ['/apis/*'] }], url('/apis/apps'), true],
    ['a prefix with a slash is not the path before it', [{ verbs: ['get'], nonResourceURLs: ['/apis/*'] }], url('/apis'), false],
    ['rbac-tool: list reads secrets without get', [on('list', '', 'secrets')], request('list', '', 'secrets', { namespace: 'x' }), true],
    ['KubiScan: the group counts', [on('create', 'x.example.com', 'pods')], request('create', '', 'pods', { namespace: 'x' }), false],
    ['KubiScan: * stands for any verb', [on('*', '', 'pods')], request('create', '', 'pods', { namespace: 'x' }), true],
    ['Checkov: */* is no wildcard', [on('*', '*', '*/*')], request('get', '', 'pods', { namespace: 'x' }), false],
    [
      'kubescape: create pods is not exec',
      [on('create', '', 'pods')],
      request('create', '', 'pods/exec', { namespace: 'x', name: 'p' }),
      false,
    ],
    [
      'create by name grants nothing',
      [on('create', '', 'pods', { resourceNames: ['a'] })],
      request('create', '', 'pods', { namespace: 'x' }),
      false,
    ],
    [
      'a list narrowed to one name is of that name',
      [on('list', '', 'secrets', { resourceNames: ['a'] })],
      request('list', '', 'secrets', { namespace: 'x', name: 'a' }),
      true,
    ],
    [
      'verb, group and resource must stand in one rule',
      [on('get', '', 'pods'), on('list', 'apps', 'deployments')],
      request('list', '', 'pods'),
      false,
    ],
    ['strings compare by case', [on('get', '', 'Pods')], request('get', '', 'pods'), false],
  ];
  for (const [says, rules, question, allowed] of table)
    test(says, () => assert.equal(allows(state(bound(rules)), jane, question), allowed));

  test('a service account without a namespace matches nobody in a ClusterRoleBinding, and the binding namespace in a RoleBinding', () => {
    const cluster = state(bound([on('get', '', 'pods')], { kind: 'ServiceAccount', name: 'web' }));
    assert.equal(allows(cluster, serviceAccount('shop', 'web'), request('get', '', 'pods', { namespace: 'shop' })), false);
    const [clusterRole] = bound([on('get', '', 'pods')]);
    assert.ok(clusterRole !== undefined);
    const roleBinding = {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'b', namespace: 'shop' },
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [{ kind: 'ServiceAccount', name: 'web' }],
    };
    assert.equal(
      allows(state([clusterRole, roleBinding]), serviceAccount('shop', 'web'), request('get', '', 'pods', { namespace: 'shop' })),
      true,
    );
  });

  test('a user spelled like a service account is one; the user "*" is a name', () => {
    const cluster = state(bound([on('get', '', 'pods')], { kind: 'User', name: 'system:serviceaccount:shop:web' }));
    assert.equal(allows(cluster, serviceAccount('shop', 'web'), request('get', '', 'pods')), true);
    assert.equal(allows(state(bound([on('get', '', 'pods')], { kind: 'User', name: '*' })), jane, request('get', '', 'pods')), false);
  });

  test('system:masters is let through without a grant', () => {
    const review = can(state([]), { name: 'root', groups: ['system:masters'] }, request('delete', '', 'nodes', { name: 'n' }));
    assert.deepEqual([review.allowed, review.authorizer, review.reason, review.via.length], [true, 'system:masters', '', 0]);
  });

  test('a role that is not there grants nothing and is said', () => {
    const [, clusterBinding] = bound([]);
    assert.ok(clusterBinding !== undefined);
    const review = can(state([clusterBinding]), jane, request('get', '', 'pods'));
    assert.equal(review.allowed, false);
    assert.equal(review.reason, 'RBAC: clusterrole.rbac.authorization.k8s.io "r" not found');
    assert.equal(review.unknown.length, 1);
  });

  test('aggregated roles that select each other end', () => {
    const cyclic = (name: string, other: string): KubeObject => ({
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name, labels: { [`to-${other}`]: 'true' } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`to-${name}`]: 'true' } }] },
      rules: [on('get', '', name)],
    });
    const objects = [cyclic('r', 'q'), cyclic('q', 'r'), ...bound([]).slice(1)];
    const cluster = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
    assert.equal(allows(cluster, jane, request('get', '', 'pods')), false);
  });

  test('a role of 100,000 rules is answered', () => {
    const rules = Array.from({ length: 100_000 }, (_, index) => on('get', '', `kind-${index}`));
    const cluster = state(bound(rules));
    assert.equal(allows(cluster, jane, request('get', '', 'kind-99999')), true);
    assert.equal(can(cluster, jane, request('get', '', 'kind-99998')).via[0]?.rule.index, 99_998);
    assert.equal(allows(cluster, jane, request('get', '', 'kind-100000')), false);
  });
});

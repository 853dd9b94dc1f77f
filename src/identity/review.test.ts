import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assumedFacts, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { can } from './access-review.ts';
import { grantChanges } from './difference.ts';
import { reviewGrants } from './review.ts';
import { request } from './rules.ts';

const group = 'rbac.authorization.k8s.io';
const role = (name: string, namespace: string, ...rules: readonly (readonly [verbs: string, resources: string])[]) => ({
  apiVersion: `${group}/v1`,
  kind: namespace === '' ? 'ClusterRole' : 'Role',
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  rules: rules.map(([verbs, resources]) => ({ apiGroups: [''], verbs: verbs.split(','), resources: resources.split(',') })),
});
const bind = (name: string, namespace: string, roleName: string, kind: string, ...users: readonly string[]) => ({
  apiVersion: `${group}/v1`,
  kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  roleRef: { apiGroup: group, kind, name: roleName },
  subjects: users.map((user) => ({ apiGroup: group, kind: 'User', name: user })),
});
const state = (...objects: readonly (ReturnType<typeof role> | ReturnType<typeof bind>)[]): Snapshot =>
  snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });

const asked = (verb: string, plural: string, time?: string) => ({
  user: { name: 'jane', groups: [] },
  wanted: request(verb, '', plural, { namespace: 'shop' }),
  allowed: true,
  ...(time === undefined ? {} : { time }),
});

describe('the use of grants', () => {
  const cluster = state(
    role('r', 'shop', ['get,list', 'pods'], ['get', 'secrets']),
    role('other', 'shop', ['delete', 'nodes']),
    bind('b', 'shop', 'r', 'Role', 'jane', 'joe'),
    bind('c', 'shop', 'other', 'Role', 'jane'),
    bind('d', 'shop', 'gone', 'Role', 'jane'),
  );
  const log = [asked('get', 'pods', '2026-01-01T00:00:00Z'), asked('list', 'pods', '2026-02-01T00:00:00Z')];
  const rows = reviewGrants(cluster, log).map(({ given, state: found, usage, unusedRules, needed }) => [
    `${given.binding.resource.name} ${given.subject.name}`,
    found,
    usage?.last,
    unusedRules,
    needed?.map(({ verbs, resources }) => `${verbs} ${resources}`),
  ]);
  test('is said grant by grant', () =>
    assert.deepEqual(rows, [
      ['b jane', 'partly used', '2026-02-01T00:00:00Z', [1], ['get,list pods']],
      ['b joe', 'unused', undefined, [0, 1], []],
      ['c jane', 'unused', undefined, [0], []],
      ['d jane', 'dangling', undefined, undefined, []],
    ]));
  test('is unknown without a log', () =>
    assert.deepEqual(
      reviewGrants(cluster, undefined).map((one) => one.state),
      ['unknown', 'unknown', 'unknown', 'dangling'],
    ));
  test('refused requests are no use', () =>
    assert.equal(reviewGrants(cluster, [{ ...asked('get', 'pods'), allowed: false }])[0]?.state, 'unused'));
  test('dangerous rights are named', () => assert.deepEqual(reviewGrants(cluster, undefined)[0]?.gains, ['secrets by name']));
  test('a grant keeps its id while others come and go', () => {
    const more = state(role('r', 'shop', ['get', 'pods']), bind('a', 'shop', 'r', 'Role', 'x'), bind('b', 'shop', 'r', 'Role', 'jane'));
    const id = (of: Snapshot) => reviewGrants(of, undefined).find(({ given }) => given.binding.resource.name === 'b')?.id;
    assert.equal(id(more), id(cluster));
  });
});

describe('duplicates', () => {
  const names = (of: Snapshot) =>
    reviewGrants(of, undefined)
      .filter(({ duplicateOf }) => duplicateOf.length > 0)
      .map(({ given, duplicateOf }) => `${given.binding.resource.name} by ${duplicateOf.map(({ binding }) => binding.resource.name)}`);
  const reader = role('reader', '', ['get', 'pods']);
  const both = role('both', '', ['get,list', 'pods,services']);
  const rows: readonly (readonly [string, Snapshot, readonly string[]])[] = [
    [
      'the same role for the whole cluster and inside of it',
      state(reader, bind('all', '', 'reader', 'ClusterRole', 'j'), bind('one', 'a', 'reader', 'ClusterRole', 'j')),
      ['one by all'],
    ],
    [
      'of two that are the same, one stays',
      state(reader, bind('a', 'x', 'reader', 'ClusterRole', 'j'), bind('b', 'x', 'reader', 'ClusterRole', 'j')),
      ['b by a'],
    ],
    [
      'a wider role',
      state(reader, both, bind('a', 'x', 'reader', 'ClusterRole', 'j'), bind('b', 'x', 'both', 'ClusterRole', 'j')),
      ['a by b'],
    ],
    [
      'another namespace is none',
      state(reader, bind('a', 'x', 'reader', 'ClusterRole', 'j'), bind('b', 'y', 'reader', 'ClusterRole', 'j')),
      [],
    ],
    [
      'another subject is none',
      state(reader, bind('a', 'x', 'reader', 'ClusterRole', 'j'), bind('b', 'x', 'reader', 'ClusterRole', 'k')),
      [],
    ],
    ['twice in one binding', state(reader, bind('a', 'x', 'reader', 'ClusterRole', 'j', 'j')), ['a by a']],
  ];
  for (const [what, of, expected] of rows) test(what, () => assert.deepEqual(names(of), expected));
});

describe('rights that change', () => {
  const said = (base: Snapshot, head: Snapshot) => {
    const { added, removed } = grantChanges(base, head);
    const text = (sign: string) => (one: (typeof added)[number]) =>
      one.rules.map(({ verbs, resources }) => `${sign} ${one.subject.name}@${one.namespace} ${verbs} ${resources}`);
    return [...added.flatMap(text('+')), ...removed.flatMap(text('-'))];
  };
  const base = state(role('r', 'shop', ['get,list', 'pods']), bind('b', 'shop', 'r', 'Role', 'jane'));
  const split = state(
    role('g', 'shop', ['get', 'pods']),
    role('l', 'shop', ['list', 'pods']),
    bind('b', 'shop', 'g', 'Role', 'jane'),
    bind('c', 'shop', 'l', 'Role', 'jane'),
  );
  test('a role that is split changes nothing', () => assert.deepEqual([said(base, split), said(split, base)], [[], []]));
  const more = state(role('r', 'shop', ['get,list,watch', 'pods']), bind('b', 'shop', 'r', 'Role', 'jane', 'joe'));
  test('verbs and subjects that come', () =>
    assert.deepEqual(said(base, more), ['+ jane@shop watch pods', '+ joe@shop get,list,watch pods']));
  test('and go', () => assert.deepEqual(said(more, base), ['- jane@shop watch pods', '- joe@shop get,list,watch pods']));
  test('what the whole cluster gives already is not new in a namespace', () => {
    const wide = state(role('r', '', ['get', 'pods']), bind('b', '', 'r', 'ClusterRole', 'jane'));
    const also = state(
      role('r', '', ['get', 'pods']),
      bind('b', '', 'r', 'ClusterRole', 'jane'),
      bind('c', 'x', 'r', 'ClusterRole', 'jane'),
    );
    assert.deepEqual(said(wide, also), []);
  });
  test('no change means the same answers, for any roles', () => {
    const words = (...list: readonly string[]) => fc.subarray([...list], { minLength: 1 }).map((some) => some.join(','));
    const rules = fc.array(fc.tuple(words('get', 'list', '*'), words('pods', 'secrets', '*')), { maxLength: 3 });
    const cluster = fc
      .record({ rules, wide: fc.boolean(), user: fc.constantFrom('jane', 'joe') })
      .map(({ rules: list, wide, user }) => state(role('r', '', ...list), bind('b', wide ? '' : 'shop', 'r', 'ClusterRole', user)));
    fc.assert(
      fc.property(cluster, cluster, (one, two) => {
        const { added, removed } = grantChanges(one, two);
        const opens = ['jane', 'joe'].flatMap((name) =>
          ['get', 'list', 'delete'].flatMap((verb) =>
            ['pods', 'secrets', 'nodes'].flatMap((plural) =>
              ['', 'shop'].filter((namespace) => {
                const wanted = request(verb, '', plural, { namespace });
                return !can(one, { name, groups: [] }, wanted).allowed && can(two, { name, groups: [] }, wanted).allowed;
              }),
            ),
          ),
        );
        assert.ok(opens.length === 0 || added.length > 0);
        if (added.length + removed.length === 0) assert.equal(opens.length, 0);
      }),
      { numRuns: 200 },
    );
  });
});

test('a RoleBinding gives no dangerous right over what is of the whole cluster', () => {
  const nodes = role('r', '', ['get', 'nodes/proxy']);
  const gains = (namespace: string) => {
    const cluster = state(nodes, bind('b', namespace, 'r', 'ClusterRole', 'jane'));
    return [reviewGrants(cluster, undefined)[0]?.gains.length, grantChanges(state(nodes), cluster).added[0]?.gains.length];
  };
  assert.deepEqual(
    [gains(''), gains('shop')],
    [
      [1, 1],
      [0, 0],
    ],
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { graph as rowsOf } from '../lib/graph/csr.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { comparePaths, fixesFor, pathsIn, usualThreat } from './answer.ts';
import { attackGraph } from './build.ts';
import { withManifests, withPatches } from './change.ts';
import { chokePoints } from './choke-points.ts';
import { enforcing, holding, hostPath, pod } from './examples.ts';
import { smallestFixSet } from './fix-set.ts';
import type { Arc, AttackGraph } from './graph.ts';
import { hittingSet } from './hitting-set.ts';
import { placed } from './places.ts';
import { changesToMake } from './repair.ts';
import { risks } from './risk.ts';
import { held, never } from './search.ts';
import type { Vertex } from './vertex.ts';

const of = (objects: readonly KubeObject[], version?: string): Snapshot =>
  snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts(version) });

/** The pod shop/app runs as the attacker of `holding`. */
const asAttacker = (container = {}, spec = {}) =>
  pod(container, { automountServiceAccountToken: true, serviceAccountName: 'attacker', ...spec });

function hops(state: Snapshot, threat: Partial<typeof usualThreat> = {}): readonly string[] {
  const found = pathsIn(state, { ...usualThreat, ...threat });
  assert.ok(found.ok);
  return found.value.paths.map(({ steps, known }) => `${steps.map(({ edge }) => edge.id).join(' ')}${known ? '' : ' ?'}`);
}

describe('attack paths', () => {
  const rows: readonly (readonly [string, Snapshot, Partial<typeof usualThreat>, readonly string[]])[] = [
    ['nothing at all has none', of([]), {}, []],
    ['a pod without settings and rights has none', of([pod()]), {}, []],
    ['a privileged pod is a node', of([pod({ securityContext: { privileged: true } })]), {}, ['privileged']],
    [
      'whether a token is mounted is not known where the account that decides was not read',
      of([asAttacker({}, { automountServiceAccountToken: undefined }), ...holding(['list secrets'], '')]),
      { to: ['secrets'] },
      ['sa-automount secret-list ?'],
    ],
    [
      'a token that reads Secrets everywhere gets them all',
      of([
        asAttacker(),
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'attacker', namespace: 'shop' } },
        ...holding(['list secrets'], ''),
      ]),
      { to: ['secrets'] },
      ['sa-automount secret-list'],
    ],
    [
      'rights of two accounts count together once both are held',
      of([...twoAccounts()]),
      { from: ['sa/shop/attacker'], to: ['cluster-admin'] },
      ['token-request bind-role'],
    ],
    [
      'whoever may act as any user acts as an account that rewrites roles',
      of(holding(['impersonate users'], '')),
      { from: ['sa/shop/attacker'], to: ['cluster-admin'] },
      ['impersonate-user escalate-role'],
    ],
    [
      'exec by get is a way before 1.35',
      of([...holding(['get pods/exec']), pod({ securityContext: { privileged: true } })], '1.34'),
      { from: ['sa/shop/attacker'], to: ['node'] },
      ['pod-exec privileged'],
    ],
    [
      'and none from 1.35 on',
      of([...holding(['get pods/exec']), pod({ securityContext: { privileged: true } })], '1.35'),
      { from: ['sa/shop/attacker'], to: ['node'] },
      [],
    ],
    [
      'a namespace that enforces baseline takes no privileged pod',
      of([enforcing('baseline'), ...holding(['create pods'])]),
      { from: ['sa/shop/attacker'], to: ['node'] },
      [],
    ],
    [
      'a goal ends a path: a start that is a goal has none',
      of(holding(['* *.*'], '')),
      { from: ['cluster-admin'], to: ['cluster-admin'] },
      [],
    ],
    [
      'a wildcard in one namespace is no cluster-admin',
      of(holding(['* *.*'])),
      { from: ['sa/shop/attacker'], to: ['cluster-admin'], knownOnly: true },
      [],
    ],
  ];
  for (const [name, state, threat, expected] of rows) test(name, () => assert.deepEqual(hops(state, threat), expected));

  test('every hop carries its proof: the binding, the role and its rule', () => {
    const found = pathsIn(of(holding(['* *.*'], '')), { ...usualThreat, from: ['sa/shop/attacker'] });
    assert.ok(found.ok);
    assert.deepEqual(
      found.value.paths[0]?.steps[0]?.proof.map(({ resource: one, path }) => `${one?.kind} ${path}`),
      ['ClusterRoleBinding /subjects/0', 'ClusterRole /rules/0'],
    );
  });

  test('a place that is not there is told with what is', () => {
    const found = placed(attackGraph(of(holding(['get secrets']))), 'sa/shop/nobody');
    assert.match(found.ok ? '' : found.problem.message, /nothing is known of "sa\/shop\/nobody"; there are ServiceAccount shop\/attacker/);
    const other = placed(attackGraph(of([])), 'everywhere');
    assert.match(other.ok ? '' : other.problem.message, /is no place/);
  });

  test('what is not read is counted, not passed over', () => {
    const edges = attackGraph(of([pod()])).unknown.map(({ edge }) => edge);
    assert.deepEqual(edges, ['etcd-direct', 'kubelet-open', 'imds']);
  });

  test('a policy engine makes new privileged pods unknown, not impossible', () => {
    const policy: KubeObject = { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name: 'guard' } };
    assert.deepEqual(hops(of([policy, ...holding(['create pods'])]), { from: ['sa/shop/attacker'], to: ['node/*'] }), [
      'pod-create-priv ?',
    ]);
  });

  test('odd shapes are read past', () => {
    const odd: readonly KubeObject[] = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: 'no', volumes: [{ hostPath: 7 }] } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'r' },
        rules: [{ verbs: [null], resources: {} }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'b' },
        roleRef: { kind: 'ClusterRole', name: 'r' },
        subjects: [{ kind: 'User' }, 5],
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'aws-auth', namespace: 'kube-system' }, data: { mapRoles: '- [' } },
      { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 's', annotations: 'x' } },
    ];
    assert.deepEqual(hops(of(odd)), []);
  });

  test('contradictory definitions of one role both count', () => {
    const [role, binding] = holding(['get configmaps']);
    const [other] = holding(['create pods/exec']);
    assert.ok(role && binding && other);
    assert.deepEqual(hops(of([role, other, binding, pod()]), { from: ['sa/shop/attacker'], to: ['pods'] }), ['pod-exec']);
  });

  test('what most starts pass is a choke point', () => {
    const state = of([
      ...['a', 'b', 'c'].map((name) => ({ ...asAttacker(), metadata: { name, namespace: 'shop' } })),
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'attacker', namespace: 'shop' } },
      ...holding(['list secrets'], ''),
    ]);
    const graph = attackGraph(state);
    const at = (word: string) => {
      const found = placed(graph, word);
      return found.ok ? found.value : [];
    };
    assert.deepEqual(
      chokePoints(graph, at('pods'), at('secrets'))
        .filter(({ vertex }) => vertex.kind === 'service-account')
        .map(({ vertex, starts }) => [vertex.name, starts]),
      [['attacker', 3]],
    );
  });
});

/** One account asks for tokens, another binds roles. */
function twoAccounts(): readonly KubeObject[] {
  const rename = (objects: readonly KubeObject[], name: string, account: string): readonly KubeObject[] =>
    objects.map((object) => ({
      ...object,
      metadata: { ...object.metadata, name },
      ...(object.roleRef === undefined
        ? {}
        : {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: object.kind.replace('Binding', ''), name },
            subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: account }],
          }),
    }));
  return [
    ...rename(holding(['create serviceaccounts/token']), 'asks', 'attacker'),
    ...rename(holding(['create clusterrolebindings.rbac.authorization.k8s.io'], ''), 'creates', 'attacker'),
    ...rename(holding(['bind clusterroles.rbac.authorization.k8s.io'], ''), 'binds', 'binder'),
  ];
}

describe('fixes', () => {
  test('one change closes what needs one, and the engine run again proves it', () => {
    const plan = fixesFor(of([hostPath('/'), ...holding(['list secrets'], '')]), { ...usualThreat, knownOnly: true });
    assert.ok(plan.ok);
    assert.deepEqual(
      plan.value.fixes.map(({ repair }) => repair.changes.length),
      [1],
    );
    assert.equal(plan.value.certificate.holds, true);
    assert.equal(plan.value.certificate.before, 1);
    assert.equal(plan.value.proved, true);
  });

  test('a way that no object of Kubernetes closes is told, and the certificate does not hold', () => {
    const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { providerID: 'aws:///x' } };
    const plan = fixesFor(of([node, pod({}, { hostNetwork: true })]), { ...usualThreat, to: ['cloud'] });
    assert.ok(plan.ok);
    assert.deepEqual([plan.value.certificate.holds, plan.value.remaining.length], [false, 1]);
  });

  test('a live pod is repaired in the template it comes from', () => {
    const owner = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true }];
    const privileged = pod({ securityContext: { privileged: true } });
    const deployment: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template: { metadata: {}, spec: privileged.spec ?? null } },
    };
    const live: KubeObject = { ...privileged, metadata: { name: 'web-1', namespace: 'shop', ownerReferences: owner } };
    const plan = fixesFor(of([deployment, live]), usualThreat);
    assert.ok(plan.ok);
    assert.equal(plan.value.certificate.holds, true);
    assert.deepEqual(
      plan.value.fixes.flatMap(({ repair }) =>
        changesToMake(repair).map((change) => (change.kind === 'patch' ? change.resource.kind : change.kind)),
      ),
      ['Deployment'],
    );
  });

  test('what only two attackers together could do is no path, and no change is asked for', () => {
    const rename = (objects: readonly KubeObject[], name: string): readonly KubeObject[] =>
      JSON.parse(JSON.stringify(objects).replaceAll('"attacker"', JSON.stringify(name)));
    const state = of([
      ...rename(holding(['bind clusterroles.rbac.authorization.k8s.io'], ''), 'a'),
      ...rename(holding(['create clusterrolebindings.rbac.authorization.k8s.io'], ''), 'b'),
    ]);
    const plan = fixesFor(state, { from: ['sa/shop/a', 'sa/shop/b'], to: ['cluster-admin'], knownOnly: false });
    assert.ok(plan.ok);
    assert.deepEqual([plan.value.certificate.before, plan.value.fixes.length, plan.value.effort], [0, 0, 0]);
  });

  test('an object that several files write alike is changed in all of them', () => {
    const objects = holding(['list secrets'], '');
    const plan = fixesFor(of([...objects, ...objects]), { ...usualThreat, from: ['sa/shop/attacker'] });
    assert.ok(plan.ok);
    assert.deepEqual([plan.value.fixes.length, plan.value.certificate.holds], [1, true]);
  });

  test('what recorded use a change would refuse is told', () => {
    const state = of(holding(['list secrets'], ''));
    const user = {
      name: 'system:serviceaccount:shop:attacker',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    };
    const wanted = { verb: 'list', apiGroup: '', resource: 'secrets', subresource: '', namespace: 'shop', name: '', path: '' };
    const plan = fixesFor(state, { ...usualThreat, from: ['sa/shop/attacker'] }, [{ user, wanted, allowed: true }]);
    assert.ok(plan.ok);
    assert.deepEqual(
      plan.value.fixes.map(({ breaks }) => breaks.length),
      [1],
    );
  });

  test('risk says in a sentence what is lost with a change', () => {
    const [first] = risks(of([pod({ securityContext: { privileged: true } })]));
    assert.match(
      first?.sentence ?? '',
      /^Once you run without privileged: container app in Pod shop\/app, an attacker in a pod no longer gets a node \(root\)/,
    );
  });

  test('a change opens and closes paths', () => {
    const before = of([pod()]);
    const after = withManifests(before, of([pod({ securityContext: { privileged: true } })]).resources);
    const { added, removed } = comparePaths(before, after, usualThreat);
    assert.deepEqual([added.length, removed.length], [1, 0]);
    const back = withPatches(after, [
      {
        target: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'app' },
        patch: [{ op: 'remove', path: '/spec/containers/0/securityContext' }],
      },
    ]);
    assert.ok(back.ok);
    assert.equal(comparePaths(after, back.value, usualThreat).removed.length, 1);
  });
});

/** A graph of arcs, each with the repairs that take it away; vertices of `steps` need all that leads to them. */
function made(
  count: number,
  steps: ReadonlySet<number>,
  arcs: readonly (readonly [from: number, to: number, repairs: readonly number[]])[],
): AttackGraph {
  const vertices = [...Array(count).keys()].map(
    (index): Vertex => ({ kind: steps.has(index) ? 'step' : 'effect', namespace: '', name: String(index) }),
  );
  const list = arcs
    .filter(([from, to]) => from !== to)
    .map(
      ([from, to, repairs]): Arc => ({
        from,
        to,
        role: 'edge',
        edge: '',
        cost: 1,
        known: true,
        evidence: [],
        repairs: repairs.map((id) => ({ id: `r${id}`, text: '', effort: 1 + (id % 3), changes: [] })),
      }),
    );
  return {
    vertices,
    arcs: list,
    rows: rowsOf(
      count,
      list.map(({ from }) => from),
      list.map(({ to }) => to),
    ),
    unknown: [],
    find: () => undefined,
    labels: new Map(),
  };
}

const smallGraph = fc.record({
  steps: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
  arcs: fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.uniqueArray(fc.nat(5), { minLength: 0, maxLength: 2 })), {
    minLength: 1,
    maxLength: 14,
  }),
});

describe('the smallest fix set', () => {
  test('is complete and cheapest, compared with every set of changes, with prerequisites and cycles', () => {
    fc.assert(
      fc.property(smallGraph, ({ steps, arcs }) => {
        const graph = made(6, new Set(steps), arcs);
        const reaches = (repairs: ReadonlySet<string>) => (held(graph, [0], { repairs }).cost[5] ?? never) < never;
        const answer = smallestFixSet(graph, [0], [5]);
        const all = [...new Set(graph.arcs.flatMap(({ repairs }) => repairs))];
        const ids = [...new Map(all.map((repair) => [repair.id, repair])).values()];
        let best: number | undefined;
        for (let set = 0; set < 1 << ids.length; set++) {
          const chosen = ids.filter((_, index) => (set >> index) & 1);
          if (reaches(new Set(chosen.map(({ id }) => id)))) continue;
          const price = chosen.reduce((sum, { effort }) => sum + effort, 0);
          if (best === undefined || price < best) best = price;
        }
        if (best === undefined) assert.ok(answer.remaining.length > 0);
        else {
          assert.equal(answer.effort, best);
          assert.equal(reaches(new Set(answer.repairs.map(({ id }) => id))), false);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the cheapest hitting set, compared with every set', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
        (lists) => {
          const price = (id: string) => 1 + (id.charCodeAt(0) % 3);
          let best = Number.POSITIVE_INFINITY;
          for (let set = 0; set < 32; set++) {
            const chosen = ['a', 'b', 'c', 'd', 'e'].filter((_, index) => (set >> index) & 1);
            if (lists.every((list) => list.some((id) => chosen.includes(id))))
              best = Math.min(
                best,
                chosen.reduce((sum, id) => sum + price(id), 0),
              );
          }
          assert.equal(hittingSet(lists, price).cost, best);
        },
      ),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { edges } from '../../attack/index.ts';
import { catalogue, findControl } from '../../controls/index.ts';
import { scan } from '../../controls/scan.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { type Origin, type Resource, resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { effortOf, experienceOf } from './effort.ts';
import { templateOrigin } from './origin.ts';
import { codeOwners, ownerOfObject } from './owner.ts';
import { fixPackages } from './packages.ts';
import { exploitOf, themeOf } from './themes.ts';
import { edgesOf } from './weaknesses.ts';

const memory: Origin = { kind: 'memory' };
const file = (name: string, rendered?: string): Origin => ({
  kind: 'file',
  file: name,
  document: 0,
  documentEnd: 1,
  pointer: '',
  ...(rendered === undefined ? {} : { rendered }),
});
const object = (kind: string, name: string, metadata: JsonObject = {}, rest: JsonObject = {}): KubeObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : kind.startsWith('ClusterRole') ? 'rbac.authorization.k8s.io/v1' : 'v1',
  kind,
  metadata: { name, ...(kind === 'Namespace' || kind.startsWith('ClusterRole') ? {} : { namespace: 'shop' }), ...metadata },
  ...rest,
});
const of = (...objects: readonly KubeObject[]): Snapshot => snapshot({ resources: objects.map((one) => resource(one, memory)) });

describe('who repairs it', () => {
  const plain = object('ConfigMap', 'c');
  const labelled = object('Namespace', 'shop', { labels: { team: 'web' } });
  const cases: readonly (readonly [what: string, objects: readonly KubeObject[], origin: Origin, lines: string, owner: string])[] = [
    ['its own label says', [object('ConfigMap', 'c', { labels: { owner: 'payments' } }), labelled], memory, '', 'payments'],
    ['an annotation says', [object('ConfigMap', 'c', { annotations: { 'cofferdam.dev/owner': 'sre' } })], memory, '', 'sre'],
    ['its namespace says', [plain, labelled], memory, '* @acme/all', 'web'],
    [
      'the last line of CODEOWNERS that matches says',
      [plain],
      file('deploy/shop/c.yaml'),
      '* @acme/all\n/deploy/ @acme/ops # all of it',
      'acme/ops',
    ],
    ['a line for another folder says nothing', [plain], file('deploy/c.yaml'), '/docs/ @acme/writers', 'shop'],
    ['nobody says: the namespace', [plain], memory, '', 'shop'],
    ['it belongs to the cluster', [object('ClusterRole', 'r')], memory, '', 'platform'],
    ['an empty label is no owner', [object('ConfigMap', 'c', { labels: { team: ' ' } })], memory, '', 'shop'],
  ];
  for (const [what, objects, origin, lines, owner] of cases)
    test(what, () => {
      const resources = objects.map((one, index) => resource(one, index === 0 ? origin : memory));
      assert.equal(ownerOfObject(snapshot({ resources }), resources[0], codeOwners(lines)).name, owner);
    });
});

describe('where it is made', () => {
  const cases: readonly (readonly [what: string, one: Resource, origin: string])[] = [
    ['a template of a chart', resource(object('ConfigMap', 'c'), file('web/templates/c.yaml', 'charts/web')), 'chart charts/web'],
    ['a kustomization', resource(object('ConfigMap', 'c'), file('base/c.yaml', 'overlays/prod')), 'kustomization overlays/prod'],
    [
      'a chart installed in a cluster',
      resource(object('ConfigMap', 'c', { labels: { 'helm.sh/chart': 'ingress-nginx-4.11.2' } }), memory),
      'chart ingress-nginx',
    ],
    ['a file', resource(object('ConfigMap', 'c'), file('c.yaml')), 'file c.yaml'],
    ['nothing but a cluster', resource(object('ConfigMap', 'c'), memory), 'cluster namespace shop'],
  ];
  for (const [what, one, origin] of cases)
    test(what, () => {
      const found = templateOrigin(snapshot({ resources: [one] }), one);
      assert.equal(`${found.kind} ${found.name}`, origin);
    });

  test('the custom resource of an operator that owns it', () => {
    const parent = { apiVersion: 'databases.example/v1', kind: 'Database', metadata: { name: 'orders', namespace: 'shop' } };
    const owned = object('ConfigMap', 'c', {
      ownerReferences: [{ apiVersion: 'databases.example/v1', kind: 'Database', name: 'orders', controller: true }],
    });
    const state = of(parent, owned);
    assert.deepEqual(templateOrigin(state, state.resources[1]), { kind: 'operator', name: 'Database shop/orders' });
  });
});

test('tables name controls and edges that there are', () => {
  const known = new Set(edges.map(({ id }) => id));
  for (const [control, ids] of Object.entries(edgesOf)) {
    assert.equal(findControl(control)?.id, control);
    for (const id of ids) assert.ok(known.has(id), `${control}: no edge ${id}`);
  }
  for (const { id, severity } of catalogue) {
    assert.ok(themeOf(id).length > 0);
    const exploit = exploitOf(id, severity);
    assert.ok(exploit >= 0.05 && exploit <= 0.9, `${id} ${exploit}`);
  }
});

const account = object('ServiceAccount', 'runner');
const binding = object(
  'ClusterRoleBinding',
  'admins',
  {},
  {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'shop' }],
  },
);
const deployment = (name: string, container: JsonObject, spec: JsonObject = {}) =>
  object(
    'Deployment',
    name,
    { labels: { app: name } },
    {
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'nginx:1', ...container }], ...spec } },
      },
    },
  );
const careless = of(
  account,
  binding,
  deployment('runner', {}, { serviceAccountName: 'runner' }),
  deployment('root', { securityContext: { privileged: true } }, { automountServiceAccountToken: false }),
  object('Service', 'root', {}, { spec: { type: 'LoadBalancer', selector: { app: 'root' }, ports: [{ port: 80 }] } }),
);

function packagesOf(state: Snapshot) {
  const controls = catalogue.filter(({ enabled }) => enabled !== false);
  const locate = () => undefined;
  const now = Date.UTC(2026, 10, 1);
  return fixPackages(state, scan(state, { controls, now, locate }), { controls, now, locate });
}

describe('packages of a careless cluster', () => {
  const set = packagesOf(careless);
  const withControl = (id: string) => set.packages.find(({ acceptance }) => acceptance.length === 1 && acceptance[0] === id);

  test('the privileged container and the binding are packages of their own, tried and measured', () => {
    for (const id of ['workload/privileged', 'identity/cluster-admin-bound']) {
      const one = withControl(id);
      assert.equal(one?.value.basis, 'measured', id);
      assert.equal(one?.effort.factor, 0.3, id);
      assert.equal(one?.changes.length, 1, id);
      assert.ok((one?.value.points ?? 0) > 5, `${id} is worth ${one?.value.points}`);
    }
  });

  test('a risk tells its factors', () => {
    const risk = withControl('workload/privileged')?.worst.risk;
    assert.equal(risk?.exposure.value, 0.8);
    assert.match(risk?.exposure.why ?? '', /Service root leads there from outside/);
    assert.equal(risk?.impact.value, 1);
    assert.ok((risk?.score ?? 0) > 80 && (risk?.score ?? 0) <= 100);
  });

  test('values are not negative, and together no more than all the risk', () => {
    const sum = set.packages.reduce((all, { value }) => all + value.points, 0);
    for (const { value } of set.packages) assert.ok(value.points >= 0 && value.low <= value.points && value.points <= value.high + 0.01);
    assert.ok(sum <= set.risk.total + 0.5, `${sum} of ${set.risk.total}`);
    assert.ok(set.risk.after < set.risk.attack);
  });

  test('packages are a partition of the findings', () => {
    assert.equal(
      set.packages.reduce((sum, { findings }) => sum + findings.length, 0),
      set.findings,
    );
  });

  test('the same input gives the same packages', () => {
    assert.deepEqual(
      packagesOf(careless).packages.map(({ id, value }) => [id, value]),
      set.packages.map(({ id, value }) => [id, value]),
    );
  });

  test('nothing to repair is no package', () => assert.deepEqual(packagesOf(of()).packages, []));
});

test('in any cluster: a partition, values that are not negative and together no more than all the risk', () => {
  const settings = fc.constantFrom<JsonObject>({}, { privileged: true }, { runAsNonRoot: true }, { capabilities: { add: ['SYS_ADMIN'] } });
  const workload = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), settings, runner: fc.boolean(), open: fc.boolean() });
  fc.assert(
    fc.property(fc.array(workload, { maxLength: 5 }), fc.boolean(), (rows, admins) => {
      const objects = rows.flatMap(({ name, settings: securityContext, runner, open }) => [
        deployment(name, { securityContext }, runner ? { serviceAccountName: 'runner' } : {}),
        ...(open ? [object('Service', name, {}, { spec: { type: 'NodePort', selector: { app: name }, ports: [{ port: 80 }] } })] : []),
      ]);
      const state = of(account, ...(admins ? [binding] : []), ...objects);
      const { packages, risk, findings } = packagesOf(state);
      assert.equal(
        packages.reduce((sum, one) => sum + one.findings.length, 0),
        findings,
      );
      for (const { value, effort } of packages) assert.ok(value.points >= 0 && effort.p50 > 0 && effort.p80 >= effort.p50);
      assert.ok(packages.reduce((sum, { value }) => sum + value.points, 0) <= risk.total + 0.5);
      assert.ok(risk.after >= -0.01 && risk.after <= risk.attack + 0.01);
    }),
    { numRuns: 15, seed: 3 },
  );
});

test('estimates learn from what finished work took, five times or more', () => {
  assert.equal(experienceOf([1, 2, 3]), undefined);
  assert.deepEqual(experienceOf([1, 2, 3, 4, 5, Number.NaN, -1]), { p50: 3, p80: 5, from: 5 });
  const group = { members: [], theme: 'hardening' } as const;
  const plain = effortOf(group, { closed: 0, repairs: [] }, () => undefined);
  const slow = effortOf(group, { closed: 0, repairs: [] }, () => undefined, { p50: 2, p80: 4, from: 9 });
  assert.equal(slow.p50, plain.p50 * 2);
  assert.match(slow.why, /9 finished packages/);
});

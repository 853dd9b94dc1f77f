// Rights as the real API server grants them: generated roles and bindings are applied, and thousands of SubjectAccessReviews must get our
// answers, with a reason ours names; a minimized role set is applied and the recorded requests are asked again.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { can } from '../../src/identity/access-review.ts';
import { recordedRequests } from '../../src/identity/audit-requests.ts';
import { rbacPlan } from '../../src/identity/plan.ts';
import { type RequestAttributes, request } from '../../src/identity/rules.ts';
import type { User } from '../../src/identity/subjects.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { asString, dig } from '../../src/lib/json.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { cofferdam } from '../cli/cofferdam.ts';
import { type Cluster, realCluster } from './cluster.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

const some = (...words: string[]) => fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
const rule = fc.record({
  verbs: some('get', 'list', 'create', '*', 'GET'),
  apiGroups: some('', '', 'apps', '*'),
  resources: some('pods', 'pods/exec', '*/exec', 'pods/*', '*', '*/*', 'Pods', 'secrets'),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some('web', 'db') }),
});
const urls = fc.record({ verbs: some('get', '*'), nonResourceURLs: some('/metrics', '/logs/*', '/a/*/b', '/logs*') });
const users = ['jane', 'joe', '*', 'system:serviceaccount:one:web'];
const groups = ['dev', 'ops', '*'];

interface World {
  readonly objects: readonly KubeObject[];
  readonly namespaces: readonly string[];
}

/** Roles and bindings of two namespaces and of the cluster, by a seed. */
function world(seed: number, prefix: string, namespaces: readonly string[]): World {
  const [roles = []] = fc.sample(
    fc.array(fc.tuple(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.array(urls, { maxLength: 1 })), { minLength: 12, maxLength: 12 }),
    { seed, numRuns: 1 },
  );
  const [picks = []] = fc.sample(fc.array(fc.tuple(fc.nat(15), fc.nat(99), fc.nat(99), fc.nat(2)), { minLength: 14, maxLength: 14 }), {
    seed,
    numRuns: 1,
  });
  const objects: KubeObject[] = roles.map(([rules, paths], index) => {
    const namespace = namespaces[index % 3];
    const metadata = { name: `${prefix}-${index}`, ...(namespace === undefined ? {} : { namespace }) };
    return {
      apiVersion,
      kind: namespace === undefined ? 'ClusterRole' : 'Role',
      metadata,
      rules: [...rules, ...(namespace === undefined ? paths : [])],
    };
  });
  for (const [index, [role, user, group, place]] of picks.entries()) {
    const namespace = namespaces[place];
    const own = role % 3 === place && namespace !== undefined;
    const subjects = [
      user % 3 === 0
        ? { kind: 'ServiceAccount', name: 'web', namespace: namespaces[user % 2] }
        : { apiGroup, kind: 'User', name: users[user % users.length] },
      { apiGroup, kind: 'Group', name: groups[group % groups.length] },
    ];
    objects.push({
      apiVersion,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: `${prefix}-${index}`, ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup, kind: own ? 'Role' : 'ClusterRole', name: `${prefix}-${role}` },
      subjects: subjects.slice(0, 1 + (group % 2)) as never,
    });
  }
  return { objects, namespaces };
}

function questions(seed: number, namespaces: readonly string[]): readonly (readonly [User, RequestAttributes])[] {
  const asked = fc.tuple(
    fc.record({
      name: fc.constantFrom(...users, `system:serviceaccount:${namespaces[0]}:web`, `system:serviceaccount:${namespaces[1]}:web`, 'nobody'),
      groups: fc.subarray(groups, { maxLength: 2 }),
    }),
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(
            fc.constantFrom('get', 'list', 'create', '*', 'GET', 'watch'),
            fc.constantFrom('', 'apps', 'x'),
            fc.constantFrom('pods', 'pods/exec', 'pods/log', 'Pods', 'secrets', 'nodes'),
            fc.constantFrom('', ...namespaces),
            fc.constantFrom('', 'web', 'other'),
          )
          .map(([verb, group, plural, namespace, name]) => request(verb, group, plural, { namespace, name })),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('/metrics', '/logs', '/logs/', '/logs/a', '/a/x/b', '/a/*/b')
          .map((path) => ({ ...request('get', '', ''), path })),
      },
    ),
  );
  return fc.sample(asked, { seed, numRuns: 700 });
}

async function apply(cluster: Cluster, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const namespace = asString(dig(object, 'metadata', 'namespace'));
    const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
    const { status, body } = await cluster.api('POST', `/apis/${apiVersion}/${place}${object.kind.toLowerCase()}s`, object);
    assert.ok(status === 201, `${object.kind}: ${status} ${JSON.stringify(body)}`);
  }
}

async function review(cluster: Cluster, user: User, wanted: RequestAttributes): Promise<{ allowed: boolean; reason: string }> {
  const { verb, apiGroup: group, resource: plural, subresource, namespace, name, path } = wanted;
  const attributes =
    plural === ''
      ? { nonResourceAttributes: { verb, path } }
      : { resourceAttributes: { verb, group, resource: plural, subresource, namespace, name } };
  const spec = { user: user.name, groups: user.groups, ...attributes };
  const { status, body } = await cluster.api('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return { allowed: dig(body, 'status', 'allowed') === true, reason: asString(dig(body, 'status', 'reason')) ?? '' };
}

/** What the server holds now, its own roles included. */
async function readBack(cluster: Cluster): Promise<Snapshot> {
  const resources = [];
  for (const [plural, kind] of [
    ['clusterroles', 'ClusterRole'],
    ['clusterrolebindings', 'ClusterRoleBinding'],
    ['roles', 'Role'],
    ['rolebindings', 'RoleBinding'],
  ] as const) {
    const { body } = await cluster.api('GET', `/apis/${apiVersion}/${plural}`);
    for (const item of (dig(body, 'items') ?? []) as readonly object[])
      resources.push(resource({ ...item, apiVersion, kind } as KubeObject, { kind: 'memory' }));
  }
  return snapshot({ resources, facts: { ...assumedFacts('1.36'), live: true } });
}

test('thousands of reviews of generated roles get our answers', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  let yes = 0;
  for (const seed of [1, 2, 3]) {
    const namespaces = [await cluster.namespace('rights'), await cluster.namespace('rights')];
    await apply(cluster, world(seed, `rights-${process.pid}-${seed}`, namespaces).objects);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const state = await readBack(cluster);
    const asked = questions(seed, namespaces);
    for (let start = 0; start < asked.length; start += 20)
      await Promise.all(
        asked.slice(start, start + 20).map(async ([user, wanted]) => {
          const theirs = await review(cluster, user, wanted);
          const ours = can(state, user, wanted);
          const about = JSON.stringify([user, wanted, theirs, ours.reason]);
          assert.equal(ours.allowed, theirs.allowed, about);
          if (!theirs.allowed) return;
          yes++;
          assert.match(theirs.reason, /^RBAC: allowed by /);
          assert.ok(
            ours.via.some(({ binding }) =>
              theirs.reason.includes(
                JSON.stringify(binding.namespace === '' ? binding.resource.name : `${binding.resource.name}/${binding.namespace}`),
              ),
            ),
            about,
          );
        }),
      );
  }
  assert.ok(yes > 200, `${yes} of them were yes`);
});

test('a minimized role set allows on the server what was recorded', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('least');
  const user: User = { name: `least-${process.pid}`, groups: ['system:authenticated'] };
  const wanted = [
    request('list', '', 'pods', { namespace }),
    request('get', '', 'pods/log', { namespace, name: 'web-0' }),
    request('create', '', 'pods/exec', { namespace, name: 'web-0' }),
    request('patch', 'apps', 'deployments', { namespace, name: 'web' }),
    request('create', 'apps', 'deployments', { namespace }),
    request('get', '', 'nodes', { name: 'node-1' }),
    request('watch', '', 'secrets', { namespace, name: 'db' }),
    { ...request('get', '', ''), path: '/metrics' },
    { ...request('get', '', ''), path: '/version' },
  ];
  const plan = rbacPlan(
    wanted.map((one) => ({ user, wanted: one, allowed: true })),
    { widening: { verbs: false, names: false, namespaces: false } },
  );
  assert.deepEqual(plan.replay, { requests: wanted.length, denied: [] });
  await apply(cluster, [...plan.roles, ...plan.bindings]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const one of wanted) assert.equal((await review(cluster, user, one)).allowed, true, JSON.stringify(one));
  for (const one of [
    request('get', '', 'secrets', { namespace, name: 'db' }),
    request('list', '', 'pods'),
    request('get', '', 'nodes', { name: 'node-2' }),
  ])
    assert.equal((await review(cluster, user, one)).allowed, false, JSON.stringify(one));
});

test('the commands ask a live cluster, and need no more than its RBAC', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const environment = { KUBECONFIG: cluster.kubeconfig };
  const who = cofferdam(['who-can', 'create', 'pods/exec', '-A', '-o', 'json'], { environment });
  assert.equal(who.status, 0, who.stderr);
  const { subjects } = JSON.parse(who.stdout) as { subjects: readonly { kind: string; name: string }[] };
  assert.ok(subjects.some(({ kind, name }) => kind === 'Group' && name === 'system:masters'));
  const controller = ['--as', 'system:serviceaccount:kube-system:job-controller'];
  assert.equal(cofferdam(['can', 'create', 'pods', '-n', 'default', ...controller], { environment }).status, 0);
  const no = cofferdam(['can', 'create', 'secrets', '-n', 'default', ...controller], { environment });
  assert.equal(no.status, 1, no.stderr);
  assert.match(no.stdout, /^no: .*\n[\s\S]*of the live cluster, Kubernetes 1\.\d+;/);
  const held = cofferdam(['permissions', ...controller, '--kubeconfig', cluster.kubeconfig]);
  assert.match(held.stdout, /system:controller:job-controller/);
});

test('what a RoleBinding gives on resources of the whole cluster', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('scope');
  const [user, metadata] = [`scope-${process.pid}`, { name: 'scope', namespace }];
  const rules = [
    { apiGroups: [''], resources: ['namespaces', 'nodes'], verbs: ['*'] },
    { apiGroups: [apiGroup], resources: ['clusterroles', 'rolebindings'], verbs: ['bind', 'escalate', 'create'] },
  ];
  await apply(cluster, [
    { apiVersion, kind: 'Role', metadata, rules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: 'scope' },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const state = await readBack(cluster);
  const kubeconfig = cluster.user(user);
  const asks: readonly (readonly [words: readonly string[], question: readonly string[]])[] = [
    [
      ['get', 'namespace', namespace],
      ['get', 'namespaces', namespace],
    ],
    [
      ['get', 'namespace', 'default'],
      ['get', 'namespaces', 'default'],
    ],
    [
      ['get', 'namespaces'],
      ['list', 'namespaces'],
    ],
    [
      ['get', 'nodes'],
      ['list', 'nodes'],
    ],
    [
      ['create', 'rolebinding', 'view', '--clusterrole=view', `--user=${user}`, '-n', namespace],
      ['bind', 'clusterroles', 'view', '-n', namespace],
    ],
  ];
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-scope-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'rbac.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: state.resources.map(({ object }) => object) }));
  for (const [words, question] of asks) {
    const real: number = await cluster.kubectl([...words, `--kubeconfig=${kubeconfig}`]).then(
      () => 0,
      () => 1,
    );
    const ours = cofferdam(['can', ...question, '--as', user, '-f', file]);
    assert.equal(ours.status, real, `${words.join(' ')}\n${ours.stdout}${ours.stderr}`);
  }
});

test("a plan made of the server's own log lets everybody do what they did, in the name of others too", { timeout: 180_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true, audit: true });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('recorded');
  const wide = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const [helper, bob] = ['helper', 'bob'];
  const bound = (name: string): KubeObject => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'wide' },
    subjects: [{ apiGroup, kind: 'User', name }],
  });
  await apply(cluster, [{ apiVersion, kind: 'ClusterRole', metadata: { name: 'wide' }, rules: wide }, bound(helper), bound(bob)]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const own = [`--kubeconfig=${cluster.user(helper)}`, '-n', namespace];
  const did: readonly (readonly string[])[] = [
    ['get', 'configmaps'],
    ['get', 'configmap', 'kube-root-ca.crt', '--ignore-not-found'],
    ['get', 'namespace', namespace],
    ['get', 'secrets', `--as=${bob}`],
    ['get', 'pods', `--as=${bob}`, '--as-group=dev'],
    ['get', 'pods', '--as=system:serviceaccount:kube-system:job-controller'],
    ['get', 'pods', '--field-selector=metadata.name=web'],
    ['delete', 'pods', '--all'],
  ];
  const all = () =>
    Promise.all(
      did.map((words) =>
        cluster.kubectl([...words, ...own]).then(
          () => '',
          (error: unknown) => `${words.join(' ')}: ${error}`,
        ),
      ),
    );
  assert.deepEqual(
    (await all()).filter((text) => text !== '' && !text.includes('job-controller')),
    [],
  );
  const before = await readBack(cluster);
  const events = readFileSync(cluster.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const recorded = events.flatMap((line) => recordedRequests(JSON.parse(line)));
  const plan = rbacPlan(recorded, { widening: { verbs: false, names: false, namespaces: false }, current: before });
  assert.deepEqual(plan.replay.denied, []);
  assert.deepEqual(
    plan.users.map(({ name }) => name).filter((name) => !name.startsWith('system:')),
    [bob, helper],
  );
  for (const name of [helper, bob]) await cluster.api('DELETE', `/apis/${apiVersion}/clusterrolebindings/${name}`);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.match((await all())[0] ?? '', /forbidden/i);
  await apply(cluster, [...plan.roles, ...plan.bindings]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.deepEqual(
    (await all()).filter((text) => text !== '' && !text.includes('job-controller')),
    [],
  );
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { run as scan } from '../scan/run.ts';
import { run } from './run.ts';

const pod = (more: string) => `apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: shop
spec:
  hostPID: ${more.includes('hostPID')}
  containers:
  - name: app
    image: nginx:1
    securityContext:
      privileged: ${more.includes('privileged')}
`;
const only = ['workload/privileged', 'workload/host-pid'];

async function compared(base: string, head: string, flags: Flags = {}) {
  const { input, told } = commandInput([base, head], { control: only, render: false, output: ['json'], ...flags });
  const status = await run(input);
  return { status, told, ...(told.out.startsWith('{') ? JSON.parse(told.out) : {}) };
}

describe('diff', () => {
  test('says what the change opens and closes, and fails on what it opens', async (t) => {
    const root = folder(t, { 'old/a.yaml': pod('hostPID'), 'new/moved.yaml': pod('privileged') });
    const { status, findings, told } = await compared(join(root, 'old'), join(root, 'new'));
    assert.deepEqual(
      [findings.added.map(control), findings.removed.map(control), findings.unchanged],
      [['workload/privileged'], ['workload/host-pid'], 0],
    );
    assert.equal(status, 1);
    assert.match(told.err, /the change opens 1 at or over "high"/);
  });

  test('a move alone is no change', async (t) => {
    const root = folder(t, { 'old/a.yaml': pod('hostPID privileged'), 'new/deep/b.yaml': `# moved\n\n${pod('hostPID privileged')}` });
    const { status, findings } = await compared(join(root, 'old'), join(root, 'new'));
    assert.deepEqual([status, findings], [0, { added: [], removed: [], unchanged: 2 }]);
  });

  test('says which rights and connections come and go', async (t) => {
    const role = (verbs: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets, pods], verbs: [${verbs}]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]
`;
    const root = folder(t, { 'old/r.yaml': role('get'), 'new/r.yaml': role('list'), 'new/p.yaml': pod('') });
    const { grants, connections } = await compared(join(root, 'old'), join(root, 'new'));
    const jane = { kind: 'User', name: 'jane' };
    assert.deepEqual(
      grants.added.map(({ subject, namespace, rules, gains }: Record<string, unknown>) => [subject, namespace, rules, gains]),
      [
        [
          jane,
          'shop',
          [{ verbs: ['list'], apiGroups: [''], resources: ['pods', 'secrets'], resourceNames: [], nonResourceURLs: [] }],
          ['all secrets'],
        ],
      ],
    );
    assert.deepEqual(grants.removed[0].rules[0].verbs, ['get']);
    assert.ok(connections.added.length > 0 && connections.added[0].because.includes('added'));
    const { told } = await compared(join(root, 'old'), join(root, 'new'), { output: ['table'] });
    assert.match(told.out, /rights\n\+ User jane in shop: list pods secrets {2}\(all secrets\)\n- User jane in shop: get pods secrets/);
  });

  test('a new attack path is a reason to fail of its own, told with its hops', async (t) => {
    const root = folder(t, { 'a.yaml': pod(''), 'b.yaml': pod('privileged') });
    const { status, told, paths } = await compared(join(root, 'a.yaml'), join(root, 'b.yaml'), { control: ['workload/host-pid'] });
    assert.equal(status, 1);
    assert.match(told.err, /this change opens 1 new attack path/);
    assert.deepEqual(
      paths.added.map((path: { steps: { edge: string }[] }) => path.steps.map(({ edge }) => edge)),
      [['privileged']],
    );
  });

  test('closing is no reason to fail', async (t) => {
    const root = folder(t, { 'a.yaml': pod('privileged'), 'b.yaml': pod('') });
    assert.equal((await compared(join(root, 'a.yaml'), join(root, 'b.yaml'))).status, 0);
  });

  test('the gate chooses what counts', async (t) => {
    const root = folder(t, { 'a.yaml': pod(''), 'b.yaml': pod('hostPID') });
    const [a, b] = [join(root, 'a.yaml'), join(root, 'b.yaml')];
    assert.equal((await compared(a, b, { failOn: 'critical' })).status, 0);
    assert.equal((await compared(a, b, { failOn: 'never' })).status, 0);
    assert.equal((await compared(a, b, { failOn: 'high' })).status, 1);
  });

  test('a saved result stands for what was scanned', async (t) => {
    const root = folder(t, { 'a.yaml': pod('hostPID'), 'b.yaml': pod('hostPID privileged') });
    const { input } = commandInput([join(root, 'a.yaml')], { control: only, output: [`json=${join(root, 'saved.json')}`] });
    await scan(input);
    const { findings } = await compared(join(root, 'saved.json'), join(root, 'b.yaml'));
    assert.deepEqual([findings.added.map(control), findings.unchanged], [['workload/privileged'], 1]);
  });

  test('the table names signs, controls, objects and places', async (t) => {
    const root = folder(t, { 'a.yaml': pod('hostPID'), 'b.yaml': pod('privileged') });
    const { told } = await compared(join(root, 'a.yaml'), join(root, 'b.yaml'), { output: [] });
    const lines = told.out.replaceAll(`${root}/`, '').split('\n');
    assert.match(lines[0] ?? '', /^\+ critical {2}workload\/privileged {2}Pod shop\/p {2}b\.yaml:12:7 {2}container "app"/);
    assert.match(lines[1] ?? '', /^- high {6}workload\/host-pid {4}Pod shop\/p {2}a\.yaml:7:3/);
    assert.ok(lines.includes('1 finding opened, 1 closed, 0 as before'));
    assert.ok(lines.includes('+ container app of pod shop/p → a node (root)  1 hop'));
  });

  test('a side that is broken in part is told', async (t) => {
    const root = folder(t, { 'a.yaml': pod(''), 'b.yaml': `${pod('')}---\na: [\n` });
    const { status, told, problems } = await compared(join(root, 'a.yaml'), join(root, 'b.yaml'));
    assert.deepEqual([status, problems.head.length], [0, 1]);
    assert.match(told.err, /yaml\/syntax/);
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ['a side that is not there', {}, /cannot compare .*a\.json: .*no such file/],
    ['a side without objects', { 'a.json': '{}' }, /cannot compare .*no Kubernetes object/],
    ['a saved result cut off', { 'a.json': '{"apiVersion":"cofferdam.dev/v1","kind":"ScanResult","findings":[' }, /not valid JSON/],
    [
      'a saved result without findings',
      { 'a.json': '{"apiVersion":"cofferdam.dev/v1","kind":"ScanResult","findings":[{}],"summary":{}}' },
      /lacks findings/,
    ],
  ];
  for (const [name, files, message] of refused)
    test(`${name} ends the command`, async (t) => {
      const root = folder(t, { 'b.yaml': pod(''), ...files });
      await assert.rejects(
        compared(join(root, 'a.json'), join(root, 'b.yaml')),
        (error) => error instanceof Stop && message.test(error.message),
      );
    });
});

function control(finding: { readonly control: string }): string {
  return finding.control;
}

describe('diff --server', () => {
  const deployment = (replicas: number, selector: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${selector}}}
  template:
    metadata: {labels: {app: ${selector}}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
`;
  const limits = `apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: shop}
spec: {limits: [{type: Container, default: {cpu: "1"}}]}
`;
  const restricted = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}
`;
  const flags = { server: true, failOn: 'never' };

  test('says what would be refused, at which stage, and fails', async (t) => {
    const root = folder(t, { 'old/a.yaml': deployment(1, 'a'), 'new/a.yaml': deployment(2, 'b'), 'new/p.yaml': pod('') });
    const { status, server, told } = await compared(join(root, 'old'), join(root, 'new'), flags);
    assert.equal(status, 1);
    assert.match(told.err, /the API server would refuse 1 object/);
    assert.deepEqual(
      server.rejected.map(
        ({ subject, stage, code, causes }: { subject: object; stage: string; code: number; causes: { field: string }[] }) => [
          subject,
          stage,
          code,
          causes.map((cause) => cause.field),
        ],
      ),
      [[{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }, 'validation', 422, ['spec.selector']]],
    );
    assert.equal(server.created.length, 1);
  });

  test('what policies and plugins of the base say and change is told', async (t) => {
    const root = folder(t, {
      'old/a.yaml': `${restricted}---\n${limits}`,
      'new/a.yaml': `${restricted}---\n${limits}---\n${pod('privileged')}---\n${pod('').replace('name: p\n', 'name: q\n')}`,
    });
    const { status, server, told } = await compared(join(root, 'old'), join(root, 'new'), { ...flags, output: ['json'] });
    assert.deepEqual([status, server.unchanged], [1, 2]);
    assert.match(server.rejected[0].stage, /PodSecurity/);
    assert.match(server.rejected[0].message, /violates PodSecurity "baseline:latest": privileged/);
    const by = server.mutated.map(({ by: plugin }: { by: string }) => plugin);
    assert.ok(by.includes('LimitRanger') && by.includes('ServiceAccount'));
    assert.match(told.err, /would refuse 1 object/);
  });

  test('of a cluster and manifests it tells the cluster before and after: what is not in the manifests stays', async (t) => {
    const privileged = { containers: [{ name: 'app', image: 'nginx:1', securityContext: { privileged: true } }] };
    const template = { metadata: { labels: { app: 'web' } }, spec: privileged };
    const made = (kind: string, name: string, owner: readonly [kind: string, name: string] | undefined, spec: object) => ({
      apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
      kind,
      metadata: {
        name,
        namespace: 'shop',
        uid: `uid-${name}`,
        ...(kind === 'Pod' ? { labels: { app: 'web' } } : {}),
        ...(owner === undefined
          ? {}
          : { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner[0], name: owner[1], uid: `uid-${owner[1]}`, controller: true }] }),
      },
      spec,
    });
    const selector = { matchLabels: { app: 'web' } };
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'uid-shop' } },
      made('Deployment', 'web', undefined, { replicas: 1, selector, template }),
      made('ReplicaSet', 'web-1', ['Deployment', 'web'], { replicas: 1, selector, template }),
      made('Pod', 'web-1-a', ['ReplicaSet', 'web-1'], privileged),
      made('Pod', 'other', undefined, privileged),
    ];
    const facts = { kubernetesVersion: '1.36', versionKnown: true, live: true };
    const saved = JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'Snapshot', facts, coverage: [], problems: [], objects });
    const fixed = deployment(1, 'web').replace('nginx:1"}', 'nginx:1", securityContext: {privileged: false}}');
    const root = folder(t, { 'cluster.json': saved, 'new/a.yaml': fixed });
    const { findings, server, told } = await compared(join(root, 'cluster.json'), join(root, 'new'), flags);
    const subjects = (list: readonly { subject: { kind: string; name: string } }[]) =>
      list.map(({ subject }) => `${subject.kind} ${subject.name}`);
    assert.equal(server.updated.length, 1, told.err);
    const gone = ['Deployment web', 'Pod web-1-a', 'ReplicaSet web-1'];
    assert.deepEqual([subjects(findings.added), subjects(findings.removed)], [[], gone]);
  });

  test('a pipeline user without rights is refused everything', async (t) => {
    const root = folder(t, { 'a.yaml': pod(''), 'b.yaml': `${pod('')}---\n${deployment(1, 'a')}` });
    const { server } = await compared(join(root, 'a.yaml'), join(root, 'b.yaml'), { ...flags, as: 'system:serviceaccount:ci:deployer' });
    assert.deepEqual(
      server.rejected.map(({ code, stage }: { code: number; stage: string }) => [code, stage]),
      [[403, 'authorization']],
    );
  });

  test('documents of either side that could not be read are not known', async (t) => {
    const broken = 'apiVersion: v1\nkind: ResourceQuota\nspec: {hard: {pods: "0"}\n';
    const root = folder(t, { 'old/a.yaml': deployment(1, 'a'), 'old/q.yaml': broken, 'new/a.yaml': deployment(3, 'a') });
    const { server } = await compared(join(root, 'old'), join(root, 'new'), flags);
    assert.match(server.unknown[0], /^not read of the base: .*q\.yaml:3:/);
  });

  test('a change that the server takes is clean, and the table says so', async (t) => {
    const root = folder(t, { 'a.yaml': deployment(1, 'a'), 'b.yaml': deployment(3, 'a') });
    const { status, told } = await compared(join(root, 'a.yaml'), join(root, 'b.yaml'), { ...flags, output: ['table'] });
    assert.equal(status, 0);
    assert.match(told.out, /0 objects created, 1 updated, 0 as before, 0 refused/);
  });
});

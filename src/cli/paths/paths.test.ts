import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { run as fixes } from '../fixes/run.ts';
import { run as whatIf } from '../what-if/run.ts';
import { run as paths } from './run.ts';

const account = `apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
`;
const pod = (more = '') => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  serviceAccountName: web
  containers:
  - name: app
    image: registry.example/web@sha256:${'0'.repeat(64)}
    ports: [{containerPort: 8080}]
${more}`;
const service = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;
const rights = (verb: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [configmaps, secrets], verbs: [${verb}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
`;
const shop = [account, pod(), service, rights('list')].join('---\n');

async function asked(command: typeof paths, words: readonly string[], flags: Flags = {}) {
  const { input, told } = commandInput(words, { render: false, ...flags });
  const status = await command(input);
  return { status, told, json: told.out.startsWith('{') ? JSON.parse(told.out) : undefined };
}

describe('paths', () => {
  test('tells each hop with its proof and its place', async (t) => {
    const root = folder(t, { 'a.yaml': shop });
    const { status, told } = await asked(paths, [join(root, 'a.yaml')]);
    const lines = told.out.replaceAll(`${root}/`, '').split('\n');
    assert.equal(status, 0);
    assert.deepEqual(lines.slice(0, 9), [
      'the internet → every Secret of the cluster  3 hops',
      '  1. exploits a service that is reached from outside → container app of pod shop/web  [endpoint-exploit, T1190]',
      '       Service shop/web leads there (load-balancer), TCP 8080 open  a.yaml:18:1',
      '  2. takes the token of its service account → ServiceAccount shop/web  [sa-automount, T1528]',
      '       runs as ServiceAccount shop/web; its token is mounted  a.yaml:9:3',
      '  3. lists Secrets → every Secret of the cluster  [secret-list, T1552.007]',
      '       ClusterRoleBinding readers gives ServiceAccount shop/web the ClusterRole reader  a.yaml:30:12',
      '       ClusterRole reader, rule 1: list configmaps secrets  a.yaml:24:3',
      '',
    ]);
    assert.match(told.out, /^2 attack paths; 2 of 2 starts have a way$/m);
  });

  test('as JSON, each step with edge, ends, technique and proof', async (t) => {
    const root = folder(t, { 'a.yaml': shop });
    const { json } = await asked(paths, [join(root, 'a.yaml')], { output: ['json'], from: ['internet'] });
    assert.equal(json.kind, 'Paths');
    assert.deepEqual(
      json.paths[0].steps.map(({ edge, technique }: { edge: string; technique: { attack: string } }) => [edge, technique.attack]),
      [
        ['endpoint-exploit', 'T1190'],
        ['sa-automount', 'T1528'],
        ['secret-list', 'T1552.007'],
      ],
    );
    assert.ok(json.paths[0].steps.every(({ proof }: { proof: object[] }) => proof.length > 0));
    assert.equal(json.reach.secrets, 1);
  });

  test('a start that is a goal has no path, and is told', async (t) => {
    const root = folder(t, { 'a.yaml': shop });
    const flags = { from: ['pods'], to: ['pod/shop/web', 'secrets'] };
    const { told } = await asked(paths, [join(root, 'a.yaml')], flags);
    assert.match(told.out, /^0 attack paths; 0 of 1 start have a way; 1 of them is a goal itself, to which no way is needed$/m);
    const { json } = await asked(paths, [join(root, 'a.yaml')], { ...flags, output: ['json'] });
    assert.equal(json.summary.startsAtGoal, 1);
  });

  test('--fail-on-path makes a gate of it', async (t) => {
    const root = folder(t, { 'a.yaml': shop, 'b.yaml': pod() });
    assert.equal((await asked(paths, [join(root, 'a.yaml')], { failOnPath: true })).status, 1);
    assert.equal((await asked(paths, [join(root, 'b.yaml')], { failOnPath: true })).status, 0);
  });

  const wrong: readonly (readonly [string, Flags, RegExp])[] = [
    ['a place there is no word for', { from: ['everywhere'] }, /"everywhere" is no place/],
    ['a place that is not there', { to: ['secret/shop/none'] }, /nothing is known of "secret\/shop\/none"/],
    ['a limit that is no number', { limit: 'few' }, /--limit few: write a number/],
  ];
  for (const [name, flags, message] of wrong)
    test(`${name} ends the command`, async (t) => {
      const root = folder(t, { 'a.yaml': shop });
      await assert.rejects(asked(paths, [join(root, 'a.yaml')], flags), (error) => error instanceof Stop && message.test(error.message));
    });
});

describe('fixes', () => {
  test('prints the smallest change, what it closes, and the certificate', async (t) => {
    const root = folder(t, { 'a.yaml': shop });
    const { status, told } = await asked(fixes, [join(root, 'a.yaml')]);
    assert.equal(status, 0);
    assert.match(told.out, /^1 change \(effort 1\) for 2 attack paths; no smaller set of changes does it$/m);
    assert.match(
      told.out,
      /kubectl patch pod web -n shop --type=json -p '\[\{"op":"add","path":"\/spec\/automountServiceAccountToken","value":false\}\]'/,
    );
    assert.match(told.out, /^certificate: with these changes made, the engine finds no path \(2 paths before\)$/m);
  });

  test('what the audit log shows in use is told as broken', async (t) => {
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      auditID: '1',
      stage: 'ResponseComplete',
      verb: 'list',
      requestURI: '/api/v1/secrets',
      user: { username: 'system:serviceaccount:shop:web', groups: ['system:serviceaccounts', 'system:authenticated'] },
      objectRef: { resource: 'secrets', apiVersion: 'v1' },
      responseStatus: { code: 200 },
    };
    const root = folder(t, { 'a.yaml': shop, 'audit.log': `${JSON.stringify(event)}\n` });
    const { json } = await asked(fixes, [join(root, 'a.yaml')], { audit: [join(root, 'audit.log')], output: ['json'] });
    assert.deepEqual(json.fixes[0].breaks, [{ user: 'system:serviceaccount:shop:web', request: 'list secrets' }]);
    assert.deepEqual(
      [json.certificate.holds, json.certificate.pathsBefore, json.certificate.pathsAfter, json.smallest],
      [true, 2, 0, true],
    );
  });

  test('a name that a shell would read as more than a word is quoted', async (t) => {
    const root = folder(t, { 'a.yaml': shop.replace('name: readers', "name: 'readers;x $(y)'") });
    const { told } = await asked(fixes, [join(root, 'a.yaml')], { from: ['sa/shop/web'] });
    assert.match(told.out, /kubectl delete clusterrolebinding 'readers;x \$\(y\)'/);
  });

  test('nothing to close is told as that', async (t) => {
    const root = folder(t, { 'b.yaml': `${account}---\n${pod()}` });
    assert.match((await asked(fixes, [join(root, 'b.yaml')])).told.out, /^no attack path, nothing to change/);
  });
});

describe('what-if', () => {
  test('tells what a change opens, and fails on it', async (t) => {
    const root = folder(t, {
      'a.yaml': [account, pod(), service, rights('get')].join('---\n'),
      'change.yaml': pod('    securityContext: {privileged: true}\n'),
    });
    const { status, told, json } = await asked(whatIf, [join(root, 'a.yaml')], {
      filename: [join(root, 'change.yaml')],
      output: ['json'],
      to: ['node'],
    });
    assert.equal(status, 1);
    assert.deepEqual([json.paths.added.length, json.paths.removed.length], [2, 0]);
    assert.match(told.err, /the change opens 2 attack paths/);
  });

  test('removal by the annotation, and patches, close paths', async (t) => {
    const removal =
      rights('list').split('---\n')[1]?.replace('name: readers}', 'name: readers, annotations: {cofferdam.dev/remove: "true"}}') ?? '';
    const patches = [
      {
        target: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
        patch: [{ op: 'add', path: '/spec/automountServiceAccountToken', value: false }],
      },
    ];
    const root = folder(t, { 'a.yaml': shop, 'removal.yaml': removal, 'patches.json': JSON.stringify(patches) });
    for (const file of ['removal.yaml', 'patches.json']) {
      const { status, told } = await asked(whatIf, [join(root, 'a.yaml')], { filename: [join(root, file)] });
      assert.equal(status, 0);
      assert.match(told.out, /^the change opens 0 attack paths and closes 2; 0 as before$/m);
    }
  });

  test('a change that fits nothing ends the command', async (t) => {
    const root = folder(t, { 'a.yaml': shop, 'p.json': JSON.stringify([{ target: { kind: 'Pod', name: 'none' }, patch: [] }]) });
    await assert.rejects(
      asked(whatIf, [join(root, 'a.yaml')], { filename: [join(root, 'p.json')] }),
      (error) => error instanceof Stop && /there is no Pod/.test(error.message),
    );
    await assert.rejects(asked(whatIf, [join(root, 'a.yaml')]), (error) => error instanceof Stop && /what if what/.test(error.message));
  });
});

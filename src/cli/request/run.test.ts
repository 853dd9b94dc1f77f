// `cofferdam request` as it is typed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';

const folder = mkdtempSync(join(tmpdir(), 'request-'));
after(() => rmSync(folder, { recursive: true }));

const state = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/warn: restricted}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: dev, namespace: shop}
rules: [{apiGroups: ["", apps], resources: [pods, deployments, secrets], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: dev, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: dev}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`;
const privileged = 'containers: [{name: c, image: "nginx:1.27", securityContext: {privileged: true}}]';
const files: Record<string, string> = {
  'state.yaml': state,
  'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {${privileged}}\n`,
  'deployment.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${privileged}}}}\n`,
  'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n',
  'review.json': JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      operation: 'CREATE',
      resource: { group: '', version: 'v1', resource: 'secrets' },
      namespace: 'shop',
      userInfo: { username: 'bob', groups: ['system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
    },
  }),
};
const masters = ['--as', 'root', '--as-group', 'system:masters'];
const deployment = (replicas: number, more = '') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop${more}}\nspec: {replicas: ${replicas}, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}\n`;
Object.assign(files, {
  'several.yaml': `${['one', 'two'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n`).join('---\n')}---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: shop}}]\n`,
  'bad-secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: DB, namespace: shop}\nstringData: {password: hunter2}\n',
  'twice.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\ndata: {a: b, a: c}\n',
  'number.json': '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x","namespace":"shop"},"spec":{"replicas":2.0}}',
  'broken.yaml': 'apiVersion: v1\nkind: [\n',
  'live.yaml': deployment(
    1,
    ', uid: u-1, resourceVersion: "77", managedFields: [{manager: hpa, operation: Update, apiVersion: apps/v1, fieldsType: FieldsV1, fieldsV1: {"f:spec": {"f:replicas": {}}}}]',
  ),
  'more.yaml': deployment(7, ', resourceVersion: "77"'),
  'other.yaml': deployment(7),
  'patch.yaml': 'spec: {replicas: 3}\n',
  'warned.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: w, namespace: shop}\nspec: {containers: [{name: c, image: "nginx:1.27"}]}\n',
  'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map, namespace: shop}\ndata: {a: b}\n',
  'scale.yaml': 'apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: api, namespace: shop}\nspec: {replicas: 4}\n',
  'editor.yaml':
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: e, namespace: shop}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\nsubjects: [{kind: User, name: max, apiGroup: rbac.authorization.k8s.io}]\n',
  'update-review.json': JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      operation: 'UPDATE',
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      namespace: 'shop',
      name: 'x',
      userInfo: { username: 'root', groups: ['system:masters'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'shop', resourceVersion: '9' }, data: { a: 'c' } },
      oldObject: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'x', namespace: 'shop', resourceVersion: '9' },
        immutable: true,
        data: { a: 'b' },
      },
    },
  }),
  'empty-review.json': '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"operation":"CREATE"}}',
  'running.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: run, namespace: shop}\nspec: {containers: [{name: c, image: "nginx:1.27"}]}\n',
  'eviction.yaml': 'apiVersion: policy/v1\nkind: Eviction\nmetadata: {name: run, namespace: shop}\n',
  'token-request.yaml':
    'apiVersion: authentication.k8s.io/v1\nkind: TokenRequest\nmetadata: {name: default, namespace: shop}\nspec: {audiences: [a]}\n',
  'generated.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-, namespace: shop}\n',
  'whole.yaml': [
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh, labels: {pod-security.kubernetes.io/enforce: restricted}}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: fresh}\n',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: mice.a.b}\nspec: {group: a.b, scope: Namespaced, names: {plural: mice, singular: mouse, kind: Mouse, listKind: MouseList}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n',
    'apiVersion: a.b/v1\nkind: Mouse\nmetadata: {name: m, namespace: fresh}\n',
  ].join('---\n'),
  'host-pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: fresh}\nspec: {hostNetwork: true, containers: [{name: c, image: "nginx:1.27"}]}\n',
  'gateway.yaml': 'apiVersion: x.io/v1\nkind: Gateway\nmetadata: {name: a}\n',
  'gateway-service.yaml':
    'apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x.io}\nspec: {group: x.io, version: v1, groupPriorityMinimum: 100, versionPriority: 1, service: {namespace: shop, name: gateways}}\n',
  'tokens.csv': 'abcdef,max,1\n',
  token: 'abcdef\n',
  'other-token': 'ghijkl\n',
});
const whole = JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'Snapshot', facts: { live: true }, objects: [] });
const stored = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'shop', uid: 'u-1', resourceVersion: '77' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } },
  },
};
files['old-snapshot.json'] = JSON.stringify({ ...JSON.parse(whole), objects: [stored] });
const packed = gzipSync(whole);
Object.assign(files, {
  'cut.json': whole.slice(0, -9),
  'broken-quota.yaml': 'apiVersion: v1\nkind: ResourceQuota\nspec: {hard: {pods: "0"}\n',
});
writeFileSync(join(folder, 'cut.json.gz'), packed.subarray(0, packed.length - 20));
writeFileSync(join(folder, 'damaged.json.gz'), Buffer.concat([packed.subarray(0, 12), Buffer.alloc(60, 0xff)]));
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
mkdirSync(join(folder, 'one-folder'));
writeFileSync(join(folder, 'one-folder', 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\n');
files['one-folder'] = '';
for (const name of ['cut.json.gz', 'damaged.json.gz']) files[name] = '';

function run(...words: readonly string[]): { readonly status: number; readonly out: string; readonly err: string } {
  const bin = join(import.meta.dirname, '../../../bin/cofferdam.cjs');
  const at = words.map((word) => (Object.hasOwn(files, word) ? join(folder, word) : word));
  try {
    return {
      status: 0,
      err: '',
      out: execFileSync(process.execPath, [bin, 'request', ...at, join(folder, 'state.yaml')], { encoding: 'utf8', stdio: 'pipe' }),
    };
  } catch (error) {
    const { status, stdout, stderr } = error as { readonly status: number; readonly stdout: string; readonly stderr: string };
    return { status, out: stdout, err: stderr };
  }
}

test('a privileged pod is refused by Pod Security, and the line says so', () => {
  const { status, out } = run('-f', 'pod.yaml', '--as', 'jane');
  assert.equal(status, 1);
  assert.match(out, /✗ PodSecurity: pods "web" is forbidden: violates PodSecurity "baseline:latest"/);
  assert.match(out, /RoleBinding dev gives Role dev/);
});

test('a Deployment of such pods is stored, and its pods are refused', () => {
  const { status, out } = run('create', '-f', 'deployment.yaml', '--as', 'jane');
  assert.equal(status, 0);
  assert.match(out, /its pods would be refused: .*violates PodSecurity/);
});

test('values of Secrets are not printed', () => {
  for (const format of ['table', 'wide', 'json']) {
    const { status, out } = run('-f', 'secret.yaml', '--as', 'jane', '-o', format);
    assert.equal(status, 0);
    assert.doesNotMatch(out, /hunter2|aHVudGVyMg/);
  }
});

test('an answer that is not known has no code, and is not allowed', () => {
  const { status, out } = run('-f', 'gateway.yaml', ...masters, '-o', 'json');
  const { allowed, known, code, unknown } = JSON.parse(out);
  assert.deepEqual([status, allowed, known, code, unknown.length], [1, false, false, undefined, 1]);
});

test('whose fields an object has that a request before made is known', () => {
  const { out } = run('apply', '-f', 'map.yaml', '-f', 'map.yaml', ...masters, 'old-snapshot.json', '-o', 'json');
  const { items } = JSON.parse(out);
  assert.deepEqual(
    items.map(({ code, unknown }: { code: number; unknown: readonly string[] }) => [code, unknown]),
    [
      [201, []],
      [200, []],
    ],
  );
});

test('a warning stands below the plugin that gives it, and once', () => {
  const { out } = run('-f', 'warned.yaml', ...masters);
  assert.match(out, /✓ PodSecurity: lets it pass\n {6}! warning: would violate PodSecurity "restricted:latest"/);
  assert.equal(out.split('would violate').length, 2);
});

test('an AdmissionReview asks as its user', () => {
  const { status, out } = run('--review', 'review.json', '-o', 'json');
  assert.equal(status, 1);
  const { kind, allowed, stages } = JSON.parse(out);
  assert.deepEqual([kind, allowed, stages.at(-2).decision], ['RequestTrace', false, 'refused']);
});

test('without a user there is no question', () => {
  assert.equal(run('-f', 'pod.yaml').status, 2);
});

const rows: readonly (readonly [why: string, words: readonly string[], status: number, said: RegExp])[] = [
  ['a word that is no verb and no path', ['creat', '-f', 'pod.yaml', ...masters], 2, /creat is neither a path nor one of the verbs create/],
  ['a path that is not there', ['-f', 'pod.yaml', ...masters, 'nowhere.json.gz'], 2, /nowhere\.json\.gz: no such file/],
  ['a snapshot that is cut off is no cluster', ['-f', 'one-folder', ...masters, 'cut.json'], 2, /cut\.json: not whole/],
  ['nor is one whose end is missing', ['-f', 'one-folder', ...masters, 'cut.json.gz'], 2, /cut\.json\.gz: not whole/],
  ['nor a damaged one', ['-f', 'one-folder', ...masters, 'damaged.json.gz'], 2, /damaged\.json\.gz: /],
  [
    'what could not be read of the cluster is not known',
    ['-f', 'one-folder', ...masters, 'broken-quota.yaml'],
    0,
    /^yes, as far as is known here: [\s\S]*not read of the cluster: .*broken-quota\.yaml:3:/,
  ],
  [
    'and a no rests on it too',
    ['-f', 'pod.yaml', ...masters, 'broken-quota.yaml', '-o', 'json'],
    1,
    /"unknown": \[\n\s+"not read of the cluster: .*broken-quota/,
  ],
  ['a text that cannot be read has a place', ['-f', 'broken.yaml', ...masters], 2, /broken\.yaml:2:7: /],
  [
    'members of lists and documents are sent one after the other',
    ['-f', 'several.yaml', ...masters],
    1,
    /"one" already exists[\s\S]*3 requests, one after the other: 1 of them refused/,
  ],
  ['values of a refused Secret are not printed', ['-f', 'bad-secret.yaml', ...masters], 1, /\+ \/data \{"password":"\(not shown\)"\}/],
  ['keys that stand twice', ['-f', 'twice.yaml', ...masters], 1, /strict decoding error[\s\S]*line 4: key "a" already set in map/],
  [
    'numbers are read as the server reads them',
    ['-f', 'number.json', ...masters],
    1,
    /cannot unmarshal number 2\.0 into Go struct field DeploymentSpec\.spec\.replicas of type int32/,
  ],
  ['an update of an object as it was read', ['update', '-f', 'more.yaml', ...masters, 'live.yaml'], 0, /is answered 200/],
  [
    'applying what another owns',
    ['apply', '-f', 'other.yaml', ...masters, 'live.yaml'],
    1,
    /conflict with "hpa" using apps\/v1: \.spec\.replicas/,
  ],
  ['applying it by force', ['apply', '-f', 'other.yaml', '--force-conflicts', ...masters, 'live.yaml'], 0, /~ \/spec\/replicas 7/],
  [
    'a patch tells what it changes',
    ['patch', '-f', 'patch.yaml', '--path', '/apis/apps/v1/namespaces/shop/deployments/api', ...masters, 'live.yaml'],
    0,
    /as it would be afterwards, defaults filled in\n {6}~ \/spec\/replicas 3\n/,
  ],
  [
    'an object that is not there',
    ['update', '-f', 'pod.yaml', ...masters],
    1,
    /among what is known here there is no Pod shop\/web to change/,
  ],
  ['a Scale is of something', ['update', '-f', 'scale.yaml', ...masters], 2, /a Scale is of some other object: name it with --path/],
  [
    'a Scale',
    ['update', '-f', 'scale.yaml', '--path', '/apis/apps/v1/namespaces/shop/deployments/api/scale', ...masters, 'live.yaml'],
    0,
    /is answered 200/,
  ],
  ['roles that every server has', ['-f', 'deployment.yaml', '--as', 'max', 'editor.yaml'], 0, /gives ClusterRole edit/],
  [
    'a token',
    ['-f', 'deployment.yaml', '--token', 'token', '--token-auth-file', 'tokens.csv', 'editor.yaml'],
    0,
    /token is max, says the authenticator of static tokens[\s\S]*gives ClusterRole edit/,
  ],
  [
    'a token that is nobody',
    ['-f', 'deployment.yaml', '--token', 'other-token', '--token-auth-file', 'tokens.csv'],
    1,
    /other-token is nobody here[\s\S]*the answer is 401 Unauthorized/,
  ],
  [
    'impersonation that is not allowed',
    ['-f', 'deployment.yaml', '--as', 'jane', '--impersonate', 'root'],
    1,
    /impersonation\n {2}✗ .*[\s\S]*the answer is 403 Forbidden/,
  ],
  [
    'impersonation',
    ['-f', 'deployment.yaml', ...masters, '--impersonate', 'jane'],
    0,
    /✓ root may impersonate jane[\s\S]*RoleBinding dev gives Role dev/,
  ],
  ['a review brings what is stored', ['--review', 'update-review.json'], 1, /data: Forbidden: field is immutable when `immutable` is set/],
  [
    'a review that says nothing',
    ['--review', 'empty-review.json'],
    2,
    /has no resource\.version, no resource\.resource, no userInfo\.username/,
  ],
  ['a folder and a file', ['-f', 'several.yaml', '-f', 'one-folder', ...masters], 1, /4 requests, one after the other: 2 of them refused/],
  ['two verbs', ['update', 'delete', '-f', 'pod.yaml', ...masters], 2, /update and delete: a request has one verb/],
  [
    'an object without a name',
    ['update', '-f', 'generated.yaml', ...masters],
    2,
    /update which ConfigMap\? The object has no metadata\.name/,
  ],
  ['a review and a user', ['--review', 'review.json', '--as', 'jane'], 2, /--review says who asks what: it does not go with --as/],
  ['an eviction', ['-f', 'eviction.yaml', ...masters, 'running.yaml'], 0, /removed from etcd; the answer is 201/],
  ['a token is answered', ['-f', 'token-request.yaml', ...masters], 0, /answered, and nothing is stored; the answer is 201/],
  [
    'a namespace, a definition and what is in them',
    ['-f', 'whole.yaml', ...masters],
    0,
    /4 requests, one after the other: 0 of them refused/,
  ],
  [
    'labels of a namespace of the same file hold',
    ['-f', 'whole.yaml', '-f', 'host-pod.yaml', ...masters],
    1,
    /violates PodSecurity "restricted:latest"/,
  ],
  [
    'a subresource that is none',
    ['create', '-f', 'pod.yaml', '--subresource', 'bogus', ...masters],
    1,
    /the path leads to nothing that the server has for Pod objects/,
  ],
  [
    'a kind that nobody knows',
    ['-f', 'gateway.yaml', ...masters],
    1,
    /^not known: .*\n[\s\S]*\? x\.io\/v1 Gateway: neither .* nor a CustomResourceDefinition that is known here has the kind/,
  ],
  ['who may do it is not known either', ['-f', 'gateway.yaml', '--as', 'jane'], 1, /\? rights are about the resource.*is guessed/],
  [
    'but who may do nothing by the path that is given is refused',
    ['-f', 'gateway.yaml', '--as', 'jane', '--path', '/apis/x.io/v1/namespaces/shop/gates'],
    1,
    /^no: .*is answered 403/,
  ],
  [
    'a kind that another server serves',
    ['-f', 'gateway.yaml', ...masters, 'gateway-service.yaml'],
    1,
    /^not known: [\s\S]*hands requests about x\.io\/v1 Gateway to Service shop\/gateways, as the APIService says/,
  ],
  [
    'an apply without managed fields, where others seem to own fields',
    ['apply', '-f', 'other.yaml', ...masters, 'old-snapshot.json'],
    1,
    /^not known: PATCH .* by root\n[\s\S]*\? the input was read without managed fields/,
  ],
  [
    'and one that goes through',
    ['apply', '-f', 'other.yaml', '--force-conflicts', ...masters, 'old-snapshot.json'],
    0,
    /^yes, as far as is known here: PATCH .* is answered 200/,
  ],
  [
    'a deletion',
    ['delete', '-f', 'live.yaml', ...masters, 'live.yaml'],
    0,
    /removed from etcd[\s\S]*garbage collector: deletes what it owns, in the background/,
  ],
  [
    'a release that is not known here',
    ['-f', 'pod.yaml', ...masters, '--kubernetes-version', '1.12'],
    2,
    /the schemas of 1\.[0-9]+ to 1\.[0-9]+ are known here/,
  ],
];
for (const [why, words, status, said] of rows)
  test(why, () => {
    const told = run(...words);
    assert.match(told.out + told.err, said);
    assert.equal(told.status, status);
  });

test('the same input gives the same answer, but for the time', () => {
  const [first, second] = [1, 2].map(() =>
    run('-f', 'several.yaml', ...masters, '-o', 'json').out.replaceAll(/"[0-9-]+T[0-9:]+Z"/g, '"time"'),
  );
  assert.equal(first, second);
});

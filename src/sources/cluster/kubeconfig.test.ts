// Which cluster, as whom: rows of kubeconfigs and what is made of them; the merging of several is compared with kubectl's own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { command, whyMissing } from '../../../test/cluster/binaries.ts';
import { asList, asObject, field, type Json } from '../../lib/json.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { findTarget, type Target, type TargetOptions } from './target.ts';

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(tmpdir(), 'cofferdam-kubeconfig-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(made, name, '..'), { recursive: true });
    writeFileSync(join(made, name), text);
  }
  return made;
}

const secret = 'canary-0cc175b9c0f1b6a831c399e269772661';

/** A kubeconfig of one context; `user` and `cluster` are flow mappings. */
function config(user: string, cluster = '{server: "https://example.test:6443"}'): string {
  return `clusters: [{name: c, cluster: ${cluster}}]\nusers: [{name: u, user: ${user}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n`;
}

const right: readonly { readonly name: string; readonly text: string; readonly is: (target: Target) => unknown; readonly want: unknown }[] =
  [
    { name: 'no credentials', text: config('{}'), is: ({ authentication }) => authentication.kind, want: 'none' },
    {
      name: 'a token',
      text: config('{token: abc}'),
      is: ({ authentication }) => authentication,
      want: { kind: 'token', name: 'u', certificate: undefined, value: 'abc', file: undefined },
    },
    {
      name: 'a name and password',
      text: config('{username: a, password: b}'),
      is: ({ authentication }) => authentication.kind,
      want: 'basic',
    },
    {
      name: 'a plugin',
      text: config('{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}}'),
      is: ({ authentication }) => authentication.kind === 'exec' && authentication.plugin.interactiveMode,
      want: 'IfAvailable',
    },
    {
      name: 'a path below the host',
      text: config('{}', '{server: "https://rancher.test/k8s/clusters/c-1/"}'),
      is: ({ server }) => server.pathname,
      want: '/k8s/clusters/c-1/',
    },
    {
      name: 'a host alone',
      text: config('{}', '{server: "10.0.0.1:6443"}'),
      is: ({ server }) => server.href,
      want: 'https://10.0.0.1:6443/',
    },
    { name: 'kubectl proxy', text: config('{}', '{server: "http://127.0.0.1:8001"}'), is: ({ server }) => server.protocol, want: 'http:' },
    {
      name: 'a proxy',
      text: config('{}', '{server: "https://a.test", proxy-url: "http://p.test:3128"}'),
      is: ({ proxy }) => proxy,
      want: 'http://p.test:3128/',
    },
    {
      name: 'authority data before an authority file',
      text: config(
        '{}',
        `{server: "https://a.test", certificate-authority: nowhere, certificate-authority-data: ${Buffer.from('PEM').toString('base64')}}`,
      ),
      is: ({ certificateAuthority }) => certificateAuthority,
      want: 'PEM',
    },
    {
      name: 'a name for TLS',
      text: config('{}', '{server: "https://10.0.0.1", tls-server-name: api.test}'),
      is: ({ serverName }) => serverName,
      want: 'api.test',
    },
    {
      name: 'impersonation',
      text: config('{as: jane, as-groups: [a, b], as-uid: "7", as-user-extra: {Scope: [x]}}'),
      is: ({ impersonation }) => [impersonation.user, impersonation.groups, impersonation.uid, [...impersonation.extra]],
      want: ['jane', ['a', 'b'], '7', [['Scope', ['x']]]],
    },
    {
      name: 'JSON',
      text: JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://j.test' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', namespace: 'shop' } }],
        'current-context': 'x',
      }),
      is: ({ namespace }) => namespace,
      want: 'shop',
    },
  ];

for (const { name, text, is, want } of right)
  test(`a kubeconfig with ${name}`, (t) => {
    const found = findTarget({ kubeconfig: join(folder(t, { config: text }), 'config'), environment: {} });
    assert.ok(found.ok, JSON.stringify(found));
    assert.deepEqual(is(found.value), want);
  });

const wrong: readonly { readonly name: string; readonly text: string; readonly says: RegExp; readonly options?: Partial<TargetOptions> }[] =
  [
    {
      name: 'broken YAML',
      text: `users: [{name: u, user: {token: ${secret}\n  ]`,
      says: /config:[0-9]+: not the YAML or JSON of a kubeconfig/,
    },
    { name: 'a list instead of a mapping', text: '- a', says: /not the YAML or JSON/ },
    {
      name: 'two users of one name',
      text: `users: [{name: u, user: {token: ${secret}}}, {name: u, user: {}}]`,
      says: /users name "u" twice/,
    },
    { name: 'an unknown context', text: config('{}'), options: { context: 'y' }, says: /no context "y"; there are: x/ },
    {
      name: 'no current context',
      text: 'contexts: [{name: b, context: {}}, {name: a, context: {}}]',
      says: /no current context; name one with --context \(there are: a, b\)/,
    },
    {
      name: 'a context without its cluster',
      text: 'contexts: [{name: x, context: {cluster: gone}}]\ncurrent-context: x',
      says: /names the cluster "gone", which is not there/,
    },
    {
      name: 'a context without its user',
      text: 'clusters: [{name: c, cluster: {server: "https://a.test"}}]\ncontexts: [{name: x, context: {cluster: c, user: gone}}]\ncurrent-context: x',
      says: /names the user "gone"/,
    },
    { name: 'no server', text: config('{}', '{}'), says: /no server address/ },
    { name: 'a server that is no address', text: config('{}', '{server: "ftp://a.test"}'), says: /no server address/ },
    { name: 'a password in the address', text: config('{}', `{server: "https://a:${secret}@a.test"}`), says: /no server address/ },
    { name: 'credentials over plain http', text: config(`{token: ${secret}}`, '{server: "http://a.test"}'), says: /would travel readable/ },
    {
      name: 'authority and insecure',
      text: config('{}', '{server: "https://a.test", certificate-authority-data: YQ==, insecure-skip-tls-verify: true}'),
      says: /one of them must go/,
    },
    {
      name: 'an authority file that is not there',
      text: config('{}', '{server: "https://a.test", certificate-authority: gone.crt}'),
      says: /gone\.crt: the file that the kubeconfig names cannot be read/,
    },
    { name: 'half a client certificate', text: config('{client-certificate-data: YQ==}'), says: /a client certificate without its key/ },
    { name: 'token and password', text: config(`{token: ${secret}, username: a}`), says: /only one can be used/ },
    { name: 'auth-provider', text: config('{auth-provider: {name: gcp}}'), says: /removed; use an exec plugin/ },
    {
      name: 'a plugin of an unknown version',
      text: config('{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: a}}'),
      says: /speaks "client\.authentication\.k8s\.io\/v1alpha1"; known are/,
    },
    {
      name: 'a v1 plugin without interactiveMode',
      text: config('{exec: {apiVersion: client.authentication.k8s.io/v1, command: a}}'),
      says: /must say interactiveMode/,
    },
    {
      name: 'a SOCKS proxy',
      text: config('{}', '{server: "https://a.test", proxy-url: "socks5://p.test"}'),
      says: /a socks5 proxy; only http and https/,
    },
    { name: 'control characters in a name', text: 'contexts: [{name: "a\\e[2J", context: {}}]', says: /there are: a\\x1b\[2J/ },
  ];

for (const { name, text, says, options } of wrong)
  test(`a kubeconfig with ${name} is refused in words, without its secrets`, (t) => {
    const found = findTarget({ kubeconfig: join(folder(t, { config: text }), 'config'), environment: {}, ...options });
    assert.ok(!found.ok, JSON.stringify(found));
    assert.match(found.problem.message, says);
    assert.ok(!found.problem.message.includes(secret));
  });

test('no kubeconfig is not found; a named one must be there', (t) => {
  const home = folder(t, {});
  const found = findTarget({ environment: { HOME: home } });
  assert.ok(!found.ok && found.problem.code === 'kubeconfig/not-found');
  const named = findTarget({ kubeconfig: join(home, 'none'), environment: {} });
  assert.ok(!named.ok && named.problem.code === 'kubeconfig/not-found');
  const unreadable = findTarget({ kubeconfig: home, environment: {} });
  assert.ok(!unreadable.ok && /is a folder/.test(unreadable.problem.message));
});

test('~/.kube/config is read where nothing else is named, and flags win over it', (t) => {
  const home = folder(t, { '.kube/config': config('{as: a, as-groups: [g]}') });
  const found = findTarget({ environment: { HOME: home }, as: 'b' });
  assert.ok(found.ok);
  assert.deepEqual([found.value.impersonation.user, found.value.impersonation.groups], ['b', ['g']]);
});

test('several files are one as kubectl makes them one', (t) => {
  const reason = whyMissing();
  if (reason !== undefined) return t.skip(reason);
  const made = folder(t, {
    'a/config':
      'clusters: [{name: c, cluster: {server: "https://a.test", certificate-authority: ca.crt}}]\nusers: [{name: u, user: {client-certificate: ../x.crt, client-key: /abs.key}}]\n',
    'b/config':
      'clusters: [{name: c, cluster: {server: "https://b.test", tls-server-name: lost}}, {name: d, cluster: {server: "https://d.test"}}]\nusers: [{name: u, user: {token: lost}}, {name: v, user: {tokenFile: t}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n',
    'c/config':
      'contexts: [{name: x, context: {cluster: d, user: v, namespace: lost}}, {name: z, context: {cluster: d, user: v}}]\nusers: [{name: w, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: bin/plugin}}}]\ncurrent-context: z\n',
    'd/config': '',
  });
  const paths = ['d', 'none', 'a', 'b', 'c', 'a'].map((name) => join(made, name, 'config'));
  const KUBECONFIG = `${paths.join(':')}:`;
  const [file = '', ...words] = command('kubectl');
  const env = { ...process.env, KUBECONFIG };
  const shown = JSON.parse(
    execFileSync(file, [...words, 'config', 'view', '--merge', '--raw', '-o', 'json'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  ) as Json;
  const ours = readKubeconfig(undefined, { KUBECONFIG });
  assert.ok(ours.ok && ours.value !== undefined);
  assert.equal(ours.value.currentContext, field(shown, 'current-context'));
  for (const [list, member] of [
    ['clusters', 'cluster'],
    ['users', 'user'],
    ['contexts', 'context'],
  ] as const) {
    const theirs = Object.fromEntries(
      asList(field(shown, list)).map((item) => [String(field(item, 'name')), asObject(field(item, member))]),
    );
    const mine: Readonly<Record<string, unknown>> = Object.fromEntries([...ours.value[list]].map(([name, { value }]) => [name, value]));
    assert.deepEqual(Object.keys(mine).sort(), Object.keys(theirs).sort());
    for (const [name, value] of Object.entries(theirs))
      for (const key of ['server', 'cluster', 'user', 'namespace', 'token', 'tls-server-name'])
        assert.equal(field(mine[name], key), field(value, key), `${list} ${name} ${key}`);
  }
  const target = findTarget({ environment: { KUBECONFIG } });
  assert.ok(!target.ok && target.problem.message.includes(join(made, 'a', 'ca.crt')), 'relative to the file that names it');
  const other = findTarget({ environment: { KUBECONFIG }, context: 'z' });
  assert.ok(other.ok && other.value.authentication.kind === 'token');
  assert.equal(other.value.authentication.file, join(made, 'b', 't'));
  return undefined;
});

// Credential plugins that work, fail, hang and lie; the programs are small shell scripts.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ExecPlugin } from './authentication.ts';
import { authenticator } from './authenticator.ts';
import { type PluginOptions, runPlugin } from './exec-plugin.ts';

const canary = 'canary-92eb5ffee6ae2fec3ad71c777531578f';
const v1 = 'client.authentication.k8s.io/v1';

function plugin(t: TestContext, script: string, more: Partial<ExecPlugin> = {}): ExecPlugin {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-plugin-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const command = join(folder, 'plugin');
  writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return {
    apiVersion: v1,
    command,
    args: [],
    environment: {},
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
    ...more,
  };
}

const options: PluginOptions = {
  environment: { PATH: process.env.PATH },
  cluster: { server: 'https://a.test' },
  interactive: false,
  timeout: 1500,
};

function answer(status: string, apiVersion = v1): string {
  return `printf '%s' '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":${status}}'`;
}

const failures: readonly { readonly name: string; readonly script: string; readonly says: RegExp; readonly more?: Partial<ExecPlugin> }[] =
  [
    {
      name: 'fails',
      script: 'echo "first line" >&2; printf "please log in\\033[2J" >&2; exit 3',
      says: /ended with status 3: please log in\\x1b\[2J$/,
    },
    { name: 'hangs', script: 'exec sleep 20', says: /gave no answer within 2 seconds/ },
    { name: 'floods', script: 'exec yes 0123456789', says: /wrote more than a credential/ },
    {
      name: 'answers no JSON',
      script: `echo "token ${canary}"`,
      says: /answered no ExecCredential of client\.authentication\.k8s\.io\/v1$/,
    },
    { name: 'answers another version', script: answer(`{"token":"${canary}"}`, `${v1}beta1`), says: /answered no ExecCredential/ },
    { name: 'answers nothing', script: answer('{}'), says: /neither token nor certificate/ },
    { name: 'answers half a certificate', script: answer('{"clientCertificateData":"x"}'), says: /half a client certificate/ },
    {
      name: 'is not installed',
      script: '',
      more: { command: 'no-such-plugin-here', installHint: 'apt install it' },
      says: /no-such-plugin-here is not installed; apt install it/,
    },
    { name: 'must ask a person', script: '', more: { interactiveMode: 'Always' }, says: /must ask a person, and no terminal is there/ },
    { name: 'may not be run', script: '', more: { command: tmpdir() }, says: /cannot be started \(EACCES\)/ },
  ];

for (const { name, script, says, more } of failures)
  test(`a plugin that ${name} is told in words, without its answer`, async (t) => {
    const end = await runPlugin(plugin(t, script, more), options);
    assert.ok(!end.ok);
    assert.equal(end.problem.code, 'kubeconfig/exec-failed');
    assert.match(end.problem.message, says);
    assert.ok(!end.problem.message.includes(canary));
  });

test('arguments are never read by a shell, and only what the environment names is passed on', async (t) => {
  const script = `printf '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"%s|%s|%s"}}' "$1" "$GIVEN" "$HOME"`;
  const end = await runPlugin(plugin(t, script, { args: ['$(id); a b'], environment: { GIVEN: 'g' } }), options);
  assert.ok(end.ok);
  assert.equal(end.value.token, '$(id); a b|g|');
});

test('the cluster is told only to those that want to know', async (t) => {
  const script = `info=$(printf '%s' "$KUBERNETES_EXEC_INFO" | sed 's/"/\\\\"/g'); printf '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"%s"}}' "$info"`;
  for (const provideClusterInfo of [false, true]) {
    const end = await runPlugin(plugin(t, script, { provideClusterInfo }), options);
    assert.ok(end.ok, JSON.stringify(end));
    assert.equal(end.value.token?.includes('https://a.test'), provideClusterInfo);
  }
});

test('a credential is kept until it expires or is refused, and made once for requests at the same time', async (t) => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const script = `echo x >> "$0.runs"; runs=$(wc -l < "$0.runs" | tr -d ' '); printf '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"2026-01-01T0%s:30:00Z"}}' "$runs" "$runs"`;
  const identity = authenticator({ kind: 'exec', name: 'u', certificate: undefined, plugin: plugin(t, script) }, options, () => now);
  const shown = async () => {
    const credentials = await identity.current();
    assert.ok(credentials.ok, JSON.stringify(credentials));
    return credentials.value;
  };
  const both = await Promise.all([shown(), shown()]);
  assert.deepEqual(
    both.map(({ authorization }) => authorization),
    ['Bearer t1', 'Bearer t1'],
  );
  now += 3_600_000;
  assert.equal((await shown()).authorization, 'Bearer t1');
  now += 3_600_000;
  const second = await shown();
  assert.equal(second.authorization, 'Bearer t2');
  assert.ok(identity.refused(second));
  assert.equal((await shown()).authorization, 'Bearer t3');
  assert.ok(identity.refused(second), 'an old refusal does not throw a new credential away');
  assert.equal((await shown()).authorization, 'Bearer t3');
});

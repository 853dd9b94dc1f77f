// The command as a whole: what it prints, what it writes, and that a second look finds nothing left of what it repaired.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import { tar } from '../../../test/tar.ts';
import { catalogue } from '../../controls/index.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { judge } from '../scan/judge.ts';
import type { FixResult } from './result.ts';
import { run } from './run.ts';

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: shop
spec:
  hostPID: true # for now
  containers:
  - name: app
    image: nginx:1
    securityContext: {privileged: true}
`;
const only = ['workload/privileged', 'workload/host-pid'];

async function fixed(paths: readonly string[], flags: Flags = {}) {
  const { input, told } = commandInput(paths, { control: only, render: false, ...flags });
  const status = await run(input);
  return { status, ...told };
}

function result(out: string): FixResult {
  return JSON.parse(out);
}

describe('fix', () => {
  test('prints a diff that git and patch apply, and changes nothing', async (t) => {
    const root = folder(t, { 'deploy/a.yaml': pod });
    const before = process.cwd();
    process.chdir(root);
    try {
      const { status, out, err } = await fixed(['deploy']);
      assert.equal(status, 0);
      assert.equal(readFileSync('deploy/a.yaml', 'utf8'), pod);
      assert.match(err, /2 repairs: 2 open findings before, 0 after/);
      const applied = spawnSync('git', ['apply', '-'], { cwd: root, input: out, encoding: 'utf8' });
      assert.equal(applied.status, 0, applied.stderr);
      assert.equal(
        readFileSync('deploy/a.yaml', 'utf8'),
        pod.replace('  hostPID: true # for now\n', '').replace('{privileged: true}', '{}'),
      );
    } finally {
      process.chdir(before);
    }
  });

  test('--write changes the file, keeps its rights, and leaves nothing to do', async (t) => {
    const root = folder(t, { 'a.yaml': pod });
    const file = join(root, 'a.yaml');
    const { mode } = statSync(file);
    const first = await fixed([root], { write: true });
    assert.deepEqual([first.status, first.out], [0, '']);
    assert.match(first.err, /wrote 1 file/);
    assert.equal(statSync(file).mode, mode);
    const second = await fixed([root], { write: true });
    assert.match(second.err, /^cofferdam: 0 repairs: 0 open findings before, 0 after\n$/);
  });

  test('JSON says what each patch closes', async (t) => {
    const root = folder(t, { 'a.yaml': pod });
    const { patches, findings } = result((await fixed([root], { output: ['json'] })).out);
    assert.deepEqual(
      patches.map(({ control, file, patch, closes, inText }) => [control, file, patch, closes.length, inText]),
      [
        ['workload/privileged', join(root, 'a.yaml'), [{ op: 'remove', path: '/spec/containers/0/securityContext/privileged' }], 1, true],
        ['workload/host-pid', join(root, 'a.yaml'), [{ op: 'remove', path: '/spec/hostPID' }], 1, true],
      ],
    );
    assert.deepEqual(findings, { before: 2, after: 0 });
  });

  test('only the controls asked for', async (t) => {
    const root = folder(t, { 'a.yaml': pod });
    const { patches } = result((await fixed([root], { output: ['json'], control: ['KSV-0017'] })).out);
    assert.deepEqual(
      patches.map(({ control }) => control),
      ['workload/privileged'],
    );
  });

  test('what is waived stays', async (t) => {
    const root = folder(t, {
      'a.yaml': pod.replace(
        '  namespace: shop\n',
        '  namespace: shop\n  annotations:\n    cofferdam.dev/waive.workload.host-pid: debugging\n',
      ),
    });
    const { patches } = result((await fixed([root], { output: ['json'] })).out);
    assert.deepEqual(
      patches.map(({ control }) => control),
      ['workload/privileged'],
    );
  });

  test('the repairs of an archive are only shown, as lines that patch passes over', async (t) => {
    const root = folder(t, { 'a.tar': tar([{ name: 'x/p.yaml', content: pod }]) });
    const { out } = await fixed([join(root, 'a.tar')]);
    assert.match(out, /^# workload\/privileged Pod shop\/p \(it is no file that can be written\): \[\{"op":"remove"/);
    assert.ok(
      out
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('# ')),
    );
  });

  test('a repair that its text has no room for is shown, not counted as made', async (t) => {
    const shared = pod
      .replace('{privileged: true}', '&shared {privileged: true}')
      .concat(`  - {name: b, image: nginx:1, securityContext: *shared}\n`);
    const root = folder(t, { 'a.yaml': shared });
    const { out } = await fixed([root], { output: ['json'], control: ['workload/privileged'] });
    const { patches, findings } = result(out);
    assert.ok(patches.every(({ inText, reason }) => !inText && reason !== undefined));
    assert.deepEqual(findings, { before: 2, after: 2 });
  });

  test('a UTF-16 file is repaired in place, and no diff pretends to fit it', async (t) => {
    const root = folder(t, { 'a.yaml': Buffer.from(`\ufeff${pod}`, 'utf16le') });
    assert.match((await fixed([root])).out, /^# workload\/privileged Pod shop\/p \(it is written in UTF-16/);
    assert.match((await fixed([root], { write: true })).err, /wrote 1 file/);
    assert.doesNotMatch(readFileSync(join(root, 'a.yaml')).toString('utf16le'), /hostPID/);
  });

  test('the gate asks what is left', async (t) => {
    const root = folder(t, {
      'a.yaml': pod,
      'b.yaml': pod.replace('name: p', 'name: q').replace('hostPID: true', 'hostPID: &x true').concat('  x: *x\n'),
    });
    assert.equal((await fixed([join(root, 'a.yaml')], { failOn: 'low' })).status, 0);
    assert.equal(
      (await fixed([join(root, 'a.yaml')], { failOn: 'low', control: ['workload/host-pid', 'supply-chain/image-digest'] })).status,
      1,
    );
  });

  test('nothing to look at, and nothing named, are errors of use', async (t) => {
    const root = folder(t, { 'a.json': '{}' });
    assert.equal((await fixed([root])).status, 2);
    await assert.rejects(fixed([]), (error) => error instanceof Stop);
  });
});

test('the example: every control that repaired a file finds nothing left there, and its other lines are as they were', async (t) => {
  const root = folder(t, {});
  cpSync(join(import.meta.dirname, '..', '..', '..', 'examples'), root, { recursive: true });
  const controls = catalogue.filter((control) => control.enabled !== false);
  const options = { paths: [root], controls, now: Date.UTC(2026, 10, 1), render: 'never' as const };
  const before = await judge(options);
  const { input, told } = commandInput([root], { write: true, output: ['json'], render: false });
  assert.equal(await run(input), 0);
  const { patches } = result(told.out);
  assert.ok(patches.length > 5, `${patches.length} repairs`);
  const after = await judge(options);
  const left = new Set(after.result.findings.map(({ id, source }) => `${id} ${source?.file}`));
  for (const { closes, file, control } of patches)
    for (const id of closes) assert.ok(!left.has(`${id} ${file}`), `${control} still fails in ${file}`);
  for (const [file, text] of before.texts) {
    const now = new Set((after.texts.get(file) ?? '').split('\n'));
    const comments = text.split('\n').filter((line) => line.trimStart().startsWith('#'));
    assert.deepEqual(
      comments.filter((line) => !now.has(line)),
      [],
      `${file} lost comments`,
    );
  }
});

// The contract of `cofferdam scan` that scripts rely on: exit statuses, streams, formats, gates, and that the same input gives the same bytes.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cofferdam } from './cofferdam.ts';

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-cli-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const privileged = file(
  'privileged.yaml',
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - name: c\n      image: nginx:1.25\n      securityContext:\n        privileged: true\n',
);
const harmless = file(
  'harmless.yaml',
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop\ndata:\n  colour: blue\n',
);

describe('exit status', () => {
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['a finding at the gate is 1', [privileged], 1],
    ['a finding under the gate is 0', [privileged, '--fail-on', 'never'], 0],
    ['nothing wrong is 0', [harmless, '--control', 'workload/privileged'], 0],
    ['a file that is not there is 2', [join(folder, 'absent.yaml')], 2],
    ['a folder without objects is 2', [join(folder, 'absent')], 2],
    ['an unknown flag is 2', [privileged, '--frobnicate'], 2],
    ['an unknown format is 2', [privileged, '-o', 'xml'], 2],
    ['an unknown control is 2', [privileged, '--control', 'nope/none'], 2],
    ['a strange Kubernetes version is 2', [privileged, '--kubernetes-version', 'newest'], 2],
    ['an unknown severity is 2', [privileged, '--fail-on', 'urgent'], 2],
  ];
  for (const [name, words, status] of rows)
    test(name, () => {
      const ran = cofferdam(['scan', ...words]);
      assert.equal(ran.status, status, ran.stderr);
      if (status !== 0) assert.match(ran.stderr, /\S/, 'one line on stderr says why');
    });
});

test('the place of a finding is the line of the field', () => {
  const ran = cofferdam(['scan', privileged, '-o', 'json']);
  const finding = JSON.parse(ran.stdout).findings.find((one: { control: string }) => one.control === 'workload/privileged');
  assert.deepEqual({ line: finding.source.line, column: finding.source.column }, { line: 10, column: 9 });
  assert.equal(finding.path, '/spec/containers/0/securityContext/privileged');
});

test('stdin is read where the path is "-"', () => {
  const ran = cofferdam(['scan', '-', '-o', 'json'], { input: readFileSync(privileged, 'utf8') });
  assert.equal(ran.status, 1);
  assert.equal(JSON.parse(ran.stdout).findings[0].source.file, '-');
});

test('several formats at once: one to stdout, the others to files', () => {
  const sarif = join(folder, 'deep', 'out.sarif');
  const ran = cofferdam(['scan', privileged, '-o', 'table', '-o', `sarif=${sarif}`]);
  assert.match(ran.stdout, /workload\/privileged/);
  assert.ok(existsSync(sarif));
  assert.equal(JSON.parse(readFileSync(sarif, 'utf8')).version, '2.1.0');
});

test('the same input gives the same bytes in every format', () => {
  for (const format of ['table', 'wide', 'json', 'yaml', 'sarif', 'junit', 'html', 'markdown', 'csv', 'github', 'policyreport']) {
    const words = ['scan', 'examples/shop', '-o', format, '--fail-on', 'never'];
    assert.equal(cofferdam(words).stdout, cofferdam(words).stdout, format);
  }
});

test('a broken document is reported with its place and hides nothing', () => {
  const broken = file('mixed.yaml', `${readFileSync(privileged, 'utf8')}---\nkind: [unclosed\n---\n${readFileSync(harmless, 'utf8')}`);
  const ran = cofferdam(['scan', broken, '-o', 'json']);
  const result = JSON.parse(ran.stdout);
  assert.equal(result.summary.objects, 2);
  assert.ok(
    result.problems.some(
      (problem: { code: string; source: { line: number } }) => problem.code === 'yaml/syntax' && problem.source.line >= 12,
    ),
  );
  assert.match(ran.stderr, /mixed\.yaml:1[0-9]/);
});

describe('settings', () => {
  test('the file is read, flags win over the environment, the environment over the file', () => {
    writeFileSync(join(folder, 'cofferdam.yaml'), 'failOn: never\n');
    assert.equal(cofferdam(['scan', privileged], { folder }).status, 0);
    assert.equal(cofferdam(['scan', privileged], { folder, environment: { COFFERDAM_FAIL_ON: 'critical' } }).status, 1);
    assert.equal(
      cofferdam(['scan', privileged, '--fail-on', 'never'], { folder, environment: { COFFERDAM_FAIL_ON: 'critical' } }).status,
      0,
    );
    const view = JSON.parse(cofferdam(['config', 'view', '-o', 'json'], { folder }).stdout);
    assert.equal(view.settings.find((one: { setting: string }) => one.setting === 'failOn').from, 'cofferdam.yaml:1');
  });
  test('every mistake in the file is told with its line', () => {
    writeFileSync(join(folder, 'cofferdam.yaml'), 'failOn: urgent\ncontrols:\n  C-0057:\n    severity: terrible\nwat: 1\n');
    const ran = cofferdam(['scan', privileged], { folder });
    assert.equal(ran.status, 2);
    for (const place of ['cofferdam.yaml:1:1', 'cofferdam.yaml:4:5', 'cofferdam.yaml:5:1'])
      assert.ok(ran.stderr.includes(place), `${place} in ${ran.stderr}`);
    rmSync(join(folder, 'cofferdam.yaml'));
  });
});

test('explain knows a control by its foreign names', () => {
  for (const name of ['C-0057', 'KSV017', 'AVD-KSV-0017', 'CKV_K8S_16', 'privileged-container'])
    assert.match(cofferdam(['explain', name]).stdout, /workload\/privileged/, name);
  assert.equal(cofferdam(['explain', 'no-such-thing']).status, 2);
});

for (const shell of ['bash', 'zsh', 'fish'])
  test(`completion for ${shell} names every command`, () => {
    const { stdout } = cofferdam(['completion', shell]);
    for (const command of ['scan', 'controls', 'explain', 'fix', 'diff', 'snapshot']) assert.match(stdout, new RegExp(command), command);
  });

test('the hardened example has no finding', () => {
  const { findings } = JSON.parse(cofferdam(['scan', 'examples/hardened', '-o', 'json']).stdout);
  assert.deepEqual(
    findings.map((finding: { control: string; detail: string }) => `${finding.control}: ${finding.detail}`),
    [],
  );
});

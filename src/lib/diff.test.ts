import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffText } from './diff.ts';

test('a diff is written as git writes it', () => {
  const rows: readonly (readonly [before: string, after: string, diff: string])[] = [
    ['a\n', 'a\n', ''],
    ['a\n', 'b\n', '@@ -1 +1 @@\n-a\n+b\n'],
    ['', 'a\n', '@@ -0,0 +1 @@\n+a\n'],
    ['a\n', '', '@@ -1 +0,0 @@\n-a\n'],
    ['a\nb\n', 'a\n', '@@ -1,2 +1 @@\n a\n-b\n'],
    ['a', 'b', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n'],
    ['a', 'a\n', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n'],
    ['1\n2\n3\n4\n5\n6\n7\n8\n', '1\n2\n3\n4\nx\n5\n6\n7\n8\n', '@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n'],
    [
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      'x\n2\n3\n4\n5\n6\n7\n8\ny\n',
      '@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n',
    ],
    ['1\n2\n3\n4\n5\n6\n7\n8\n', 'x\n2\n3\n4\n5\n6\n7\ny\n', '@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n'],
    ['a\r\nb\r\n', 'a\r\nc\r\n', '@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n'],
    ['a\nb\nc\na\nb\nb\na\n', 'c\nb\na\nb\na\nc\n', '@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n'],
  ];
  for (const [before, after, diff] of rows)
    assert.equal(diffText('x/y.yaml', before, after), diff === '' ? '' : `--- a/x/y.yaml\n+++ b/x/y.yaml\n${diff}`);
});

test('names are written so that they can be read again', () => {
  const header = (file: string) => diffText(file, 'a\n', 'b\n').split('\n')[0];
  assert.equal(header('./a/b.yaml'), '--- a/a/b.yaml');
  assert.equal(header('/tmp/b.yaml'), '--- a/tmp/b.yaml');
  assert.equal(header('a b.yaml'), '--- a/a b.yaml\t');
  assert.equal(header('a"b\n.yaml'), '--- "a/a\\"b\\012.yaml"');
});

/** Applies a diff by its letter. */
function apply(text: string, diff: string): string {
  const lines = text.split(/(?<=\n)/);
  const result: string[] = [];
  let at = 0;
  const parts = diff.replace(/\n\\ No newline at end of file\n/g, '\u0000\n').split(/(?<=\n)/);
  for (const line of parts.slice(2)) {
    const body = line.slice(1).replace('\u0000\n', '');
    const hunk = /^@@ -([0-9]+)(?:,([0-9]+))? /.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      result.push(...lines.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) result.push(body);
    else {
      assert.equal(lines[at], body);
      if (line.startsWith(' ')) result.push(body);
      at++;
    }
  }
  return [...result, ...lines.slice(at)].join('');
}

const text = fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', 'd\r'), { maxLength: 40 }), fc.boolean()).map(([lines, ended]) => {
  const joined = lines.join('\n');
  return ended && joined !== '' ? `${joined}\n` : joined;
});

/** Lines of the shortest edit script, by the table of longest common subsequences. */
function shortest(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] ?? [];
      row[j] = a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  return a.length + b.length - 2 * (table[0]?.[0] ?? 0);
}

test('a diff applied to the old text gives the new one, and none is shorter', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = diffText('f', before, after);
      if (before === after) assert.equal(diff, '');
      else {
        assert.equal(apply(before, diff), after);
        const split = (whole: string) => (whole === '' ? [] : whole.split(/(?<=\n)/));
        assert.equal(
          diff
            .split('\n')
            .slice(2)
            .filter((line) => /^[-+]/.test(line)).length,
          shortest(split(before), split(after)),
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test('texts that differ in everything are replaced whole', () => {
  const before = Array.from({ length: 20_000 }, (_, index) => `a${index}\n`).join('');
  const after = Array.from({ length: 20_000 }, (_, index) => `b${index}\n`).join('');
  assert.ok(diffText('f', before, after).startsWith('--- a/f\n+++ b/f\n@@ -1,20000 +1,20000 @@\n-a0\n'));
});

const git = spawnSync('git', ['--version']).status === 0;

test('git applies what is written', { skip: git ? false : 'git is not there' }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-diff-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rows: readonly (readonly [file: string, before: string, after: string])[] = [
    ['a.yaml', 'a: 1\nb: 2', 'a: 1\nb: 3'],
    ['x/a b.yaml', 'a: 1\r\nb: 2\r\n', 'a: 1\r\n'],
    ['x/ü"q.yaml', '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n', '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n13\n'],
  ];
  for (const [file, before, after] of rows) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), before);
    const input = diffText(file, before, after);
    const { status, stderr } = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input, encoding: 'utf8' });
    assert.equal(status, 0, `${file}: ${stderr}`);
    assert.equal(readFileSync(join(folder, file), 'utf8'), after);
  }
});

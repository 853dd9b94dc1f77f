// The programs of the library's guide run as they stand there, with the package's names leading to the sources, and print what they say.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cofferdam-library-'));
after(() => rmSync(folder, { recursive: true }));

const exported: Readonly<Record<string, { readonly types: string; readonly default: string } | string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).exports;

/** `./kube` → the index it is built from. */
const sources = new Map(
  Object.entries(exported).flatMap(([name, target]) =>
    typeof target === 'string'
      ? []
      : [[name.slice(2), join(root, target.default.replace('./dist/lib/', 'src/').replace(/\.js$/, '.ts'))] as const],
  ),
);

test('every export of the package is built from an index', () => {
  for (const [name, file] of sources) assert.ok(existsSync(file), name);
});

const guide = readFileSync(join(root, 'docs', 'guide', 'library.md'), 'utf8');
const programs = [...guide.matchAll(/## ([^\n]+)\n\n```ts\n([\s\S]*?)```/g)];
test('the guide has programs', () => assert.ok(programs.length > 3));
for (const [index, [, title = '', program = '']] of programs.entries()) {
  test(`library: ${title}`, () => {
    const file = join(folder, `program-${index}.ts`);
    const text = program.replace(/'cofferdam\/([a-z]+)'/g, (_, name: string) => `'${pathToFileURL(sources.get(name) ?? name).href}'`);
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const said = [...program.matchAll(/console\.log\(.*; \/\/ (.*)$/gm)].map(([, value = '']) => value);
    assert.deepEqual(stdout.trimEnd().split('\n'), said);
  });
}

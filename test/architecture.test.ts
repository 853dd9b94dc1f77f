// The import table of docs/architecture.md, as law: a file may import from its own folder or from a lower row, never sideways or up.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Folders by row, lowest first. Languages are rooms of their own. */
const rows: readonly (readonly string[])[] = [
  ['lib'],
  ['kube', 'languages/cel', 'languages/rego', 'languages/jmespath', 'languages/falco'],
  ['snapshot'],
  ['identity', 'network', 'images', 'nodes', 'policy', 'runtime'],
  ['request', 'attack'],
  ['controls'],
  ['compliance'],
  ['assessment'],
  ['report', 'sources', 'store'],
  ['server', 'agent'],
  ['cli'],
];
/** The first row that may touch files, processes, sockets and clocks: the shell. `report` stays pure. */
const shell = new Set(['sources', 'store', 'server', 'agent', 'cli']);
/** Modules of Node that are pure computation. */
const pureModules = new Set<string>([]);

const root = join(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: root }).map((file) => normalize(file).replaceAll('\\', '/'));

function room(file: string): string {
  const parts = file.split('/');
  return parts[1] === 'languages' ? `${parts[1]}/${parts[2]}` : (parts[1] ?? '');
}

function rowOf(folder: string): number {
  return rows.findIndex((row) => row.includes(folder));
}

function importsOf(text: string): readonly string[] {
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

test('every folder of src stands in the table', () => {
  const strangers = files.filter((file) => rowOf(room(file)) < 0 && file.split('/').length > 2);
  assert.deepEqual(strangers, []);
});

test('imports point to the own folder or to a lower row', () => {
  const crossings: string[] = [];
  for (const file of files) {
    const own = room(file);
    for (const name of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (!name.startsWith('.')) continue;
      const target = room(normalize(join(dirname(file), name)).replaceAll('\\', '/'));
      if (target !== own && rowOf(target) >= rowOf(own)) crossings.push(`${file} imports ${name}: ${own} may not know ${target}`);
    }
  }
  assert.deepEqual(crossings, []);
});

test('only the shell touches files, processes, sockets, clocks and chance', () => {
  const touches: string[] = [];
  const builtins = new Set(builtinModules);
  for (const file of files) {
    if (shell.has(room(file)) || (file.endsWith('.test.ts') && room(file) !== '')) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const name of importsOf(text)) {
      const bare = name.replace(/^node:/, '');
      if ((name.startsWith('node:') || builtins.has(bare)) && !pureModules.has(bare)) touches.push(`${file} imports ${name}`);
    }
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''");
    for (const word of ['Date.now', 'new Date()', 'Math.random', 'process.env', 'performance.now'])
      if (code.includes(word)) touches.push(`${file} uses ${word}`);
  }
  assert.deepEqual(touches, []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLongDefinition } from './definitions.ts';

const head = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: x.example.com\n';
const filler = '# filler\n'.repeat(600);

test('a long text is a definition only where nothing in it says it is something else', () => {
  const rows: readonly (readonly [name: string, text: string, definition: boolean])[] = [
    ['as tools write it', `${head}spec:\n  group: example.com\n${filler}`, true],
    ['behind comments', `# c\n\n  # d\n${head}${filler}`, true],
    ['with other line ends', `${head}${filler}`.replaceAll('\n', '\r\n'), true],
    ['with a status', `${head}spec:\n  x: "y\n\n    z"\nstatus: # none\n  a: b\n${filler}`, true],
    ['short', head, false],
    ['a second kind', `${head}${filler}kind: Pod\n`, false],
    ['a second kind in quotes', `${head}${filler}"kind": Pod\n`, false],
    ['a second kind, asked for', `${head}${filler}? kind\n: Pod\n`, false],
    ['a second kind with a tag', `${head}${filler}!!str kind: Pod\n`, false],
    ['a second kind with a space', `${head}${filler}kind : Pod\n`, false],
    ['a merge key', `${head}${filler}<<: {kind: Pod}\n`, false],
    ['a second kind behind a lone carriage return', `${head}${filler}# c\rkind: Pod\n`, false],
    ['a second kind behind a line separator', `${head}${filler}# c\u2028kind: Pod\n`, false],
    ['a definition inside quotes', ` a: "\n${head.slice(0, -1)}"\n kind: Pod\n${filler}`, false],
    ['an early end', `${head}...\n${filler}`, false],
  ];
  for (const [name, text, definition] of rows) assert.equal(isLongDefinition(text), definition, name);
});

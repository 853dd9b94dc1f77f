import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { run } from './run.ts';

function answer(expression: string, flags: Flags = {}): { readonly status: number; readonly out: string } {
  let out = '';
  const console = { out: (text: string) => (out += text), err: () => {}, color: false, width: undefined, quiet: false };
  const status = run({ words: [expression], flags, console, environment: {}, now: 0 });
  return { status, out };
}

test('a result is printed, and its cost where asked', () => {
  assert.deepEqual(answer('x.map(n, n * 2)', { var: ['x=[1,2,3]'], cost: true }), { status: 0, out: '[2,4,6]\n  cost 44 of 1000000\n' });
});

test('false is status 1 with the first sub-expression that made it so', () => {
  const { status, out } = answer('has(x.a) && x.items.all(i, i.port < 1024)', {
    var: ['x={"a":1,"items":[{"port":80},{"port":8080}]}'],
    output: ['json'],
  });
  assert.equal(status, 1);
  const { why } = JSON.parse(out);
  assert.deepEqual([why.expression, why.line, why.column, why.parts], ['i.port < 1024', 1, 28, [{ expression: 'i.port', value: 8080 }]]);
});

test('what does not compile is errors with places and status 2', () => {
  const { status, out } = answer('1 +', { output: ['json'] });
  assert.equal(status, 2);
  assert.deepEqual(
    JSON.parse(out).errors.map(({ code, line, column }: Record<string, unknown>) => [code, line, column]),
    [['cel/syntax', 1, 4]],
  );
});

test('functions are those of the version', () => {
  assert.equal(answer("isSemver('1.0.0')", { kubernetesVersion: '1.32' }).status, 2);
  assert.equal(answer("isSemver('1.0.0')", { kubernetesVersion: '1.33' }).status, 0);
});

test('numbers are what was written, or refused', () => {
  assert.deepEqual(answer('x == 9007199254740992 || x.y == 1', { var: ['x=9007199254740993'] }).status, 2);
  assert.deepEqual(answer('x', { var: ['x=9223372036854775807'] }), { status: 0, out: '9223372036854775807\n' });
  assert.equal(answer('type(x) == double', { var: ['x=9223372036854775808'] }).status, 0);
  for (const [name, shown] of [
    ['0.0 / 0.0', 'NaN'],
    ['-1.0 / 0.0', '-Infinity'],
  ] as const)
    assert.equal(answer(name).out, `${shown}\n`);
  assert.equal(JSON.parse(answer("bytes('abc' + x)", { var: [`x="${'d'.repeat(6000)}"`], output: ['json'] }).out).result.length, 8004);
});

test('a manifest with a number that would be rounded is refused', (t) => {
  const file = join(folder(t, { 'object.yaml': 'a: 9007199254740993\n' }), 'object.yaml');
  assert.throws(() => answer('object.a == 9007199254740992', { filename: file }), /beyond 2\^53/);
});

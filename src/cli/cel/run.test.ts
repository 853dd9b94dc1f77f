import assert from 'node:assert/strict';
import { test } from 'node:test';
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

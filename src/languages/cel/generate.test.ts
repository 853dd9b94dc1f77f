// Both back ends give the same value and the same cost: for expressions made at random over awkward objects, under any budget.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { extend } from './environment.ts';
import { generate } from './generate.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import { plan } from './plan.ts';
import { compile, type Program, preferBackEnd } from './program.ts';
import { types } from './type.ts';
import { CelError, Optional, type Value } from './value.ts';

const environment = extend(kubernetesEnvironment(), { variables: { object: types.dyn, other: types.dyn } });

after(() => preferBackEnd('closures'));

function both(expression: string): readonly [Program, Program] | undefined {
  const programs = (['closures', 'code'] as const).flatMap((backEnd) => {
    preferBackEnd(backEnd);
    const compiled = compile(expression, environment);
    return compiled.ok ? [compiled.program] : [];
  });
  const [closures, code] = programs;
  return closures === undefined || code === undefined ? undefined : [closures, code];
}

function shown(value: Value): unknown {
  if (value instanceof CelError) return `error: ${value.message} at ${value.place?.start}`;
  return value instanceof Optional ? ['optional', value.value === undefined ? 'none' : shown(value.value)] : value;
}

function same(expression: string, variables: Readonly<Record<string, Value>>, limit?: number): void {
  const programs = both(expression);
  if (programs === undefined) return;
  const [closures, code] = programs.map((program) => {
    const { value, cost, exceeded } = program.evaluate(variables, limit);
    return { value: shown(value), cost, exceeded };
  });
  assert.deepEqual(code, closures, expression);
}

const objects: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, 0, 1, -1, 1.5, '', 'a', 'ab', [], [1], ['a', 'b'], {}, new CelError('broken')),
  fc.constantFrom<Value>({ a: 1 }, { a: 'x', b: { c: true } }, { list: [{ a: 1 }, { b: 2 }, 'x'] }, { constructor: 'x', toString: 1 }),
  fc.constant<Value>(JSON.parse('{"__proto__": {"a": 1}, "a": {"b": [true, false]}}')),
);

const { expression } = fc.letrec<{ expression: string; value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('object', 'other', '1', '2', "'a'", "'ab'", 'true', 'false', 'null', '1.5', '[1, 2]', "['a']", "{'a': 1}"),
    fc
      .tuple(tie('value'), fc.constantFrom('.a', '.b.c', '.list', '.constructor', '.?a', '.?b.?c', "['a']", '[0]', "[?'a']"))
      .map(([v, f]) => `${v}${f}`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `${a}.?a.orValue(${b})`),
    fc.tuple(tie('value'), tie('expression')).map(([a, b]) => `${a}.filter(e, ${b})`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `${a}.map(e, ${b})`),
    fc.tuple(tie('expression'), tie('value'), tie('value')).map(([t, a, b]) => `(${t} ? ${a} : ${b})`),
    fc.tuple(tie('value'), tie('value'), fc.constantFrom('+', '-', '*')).map(([a, b, o]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('value')).map(([a]) => `size(${a})`),
  ),
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(tie('value'), tie('value'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in')).map(([a, b, o]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('expression'), tie('expression'), fc.constantFrom('&&', '||')).map(([a, b, o]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} && ${b} && ${c})`),
    fc.tuple(tie('expression')).map(([a]) => `!${a}`),
    fc.tuple(tie('value'), fc.constantFrom('a', 'b', 'constructor')).map(([v, f]) => `has(object.${f}) || ${v} == 'a'`),
    fc.tuple(tie('value'), tie('expression'), fc.constantFrom('all', 'exists', 'exists_one')).map(([v, t, m]) => `${v}.${m}(e, ${t})`),
    fc.tuple(tie('value')).map(([v]) => `${v} in ['a', 1, true]`),
    fc.tuple(tie('value')).map(([v]) => `${v}.startsWith('a')`),
    fc.constantFrom('e == object', 'e.a == 1', 'object.list.exists(e, e.a == 1)', 'true', 'false'),
  ),
}));

describe('generated code', () => {
  test('agrees with closures on value, error and cost', () => {
    fc.assert(
      fc.property(expression, objects, objects, (text, object, other) => same(text, { object, other })),
      { numRuns: 3000 },
    );
  });

  test('agrees under any budget', () => {
    fc.assert(
      fc.property(expression, objects, fc.nat({ max: 60 }), (text, object, limit) => same(text, { object, other: object }, limit)),
      { numRuns: 1000 },
    );
  });

  test('agrees where variables are not bound', () => same('object.a == 1 || other.?b.orValue(true)', {}));

  test('stands alone for what policies mostly are', () => {
    const compiled = compile(
      "object.spec.containers.all(c, has(c.image) && c.image != '' && c.?ports.orValue([]).size() < 3)",
      environment,
    );
    assert.ok(compiled.ok);
    const planned = plan(compiled.program.node, environment, compiled.program.checked);
    assert.ok(!(planned instanceof CelError));
    const text = generate(planned).run.toString();
    assert.match(text, /for \(let/);
    // Only functions that are handed values, never the closure of a part of the expression.
    assert.doesNotMatch(text, /c\[[0-9]+\]\(f\);/);
  });

  test('holds names and texts as strings', () => {
    const object = { a: "');evil();('" };
    same(`object['"] + evil() + ["'] == '\\u2028\\\\"' || object.a == "');evil();('"`, { object, other: null });
  });
});

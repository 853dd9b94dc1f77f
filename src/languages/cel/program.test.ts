import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extend } from './environment.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import { lex } from './lex.ts';
import { compile, diagnosed } from './program.ts';
import { types } from './type.ts';
import { CelError, type Value } from './value.ts';

const environment = extend(kubernetesEnvironment(), { variables: { object: types.dyn, x: types.int } });

function evaluate(source: string, variables: Readonly<Record<string, Value>> = {}): Value {
  const compiled = compile(source, environment);
  if (!compiled.ok) return new CelError(compiled.issues.map(({ message }) => message).join('; '));
  return compiled.program.evaluate(variables).value;
}

const pod = JSON.parse(
  '{"metadata":{"labels":{"constructor":"a","__proto__":"b","1":"c"}},"spec":{"containers":[{"name":"x"}],"replicas":9007199254740993}}',
);

const rows: readonly (readonly [string, string, Value])[] = [
  ['a label named like a method of objects is data', "object.metadata.labels['constructor'] == 'a'", true],
  [
    'a label that is not there is not found in the prototype',
    "has(object.metadata.labels.toString) || 'valueOf' in object.metadata.labels",
    false,
  ],
  ['__proto__ is a key like any other', "object.metadata.labels['__proto__'] == 'b'", true],
  ['numeric text is a key', "object.metadata.labels['1'] == 'c'", true],
  ['an error on one side is absorbed when the other side decides', 'object.missing == 1 || true', true],
  ['all is false where one element says so, whatever fails before', '[0, 1].all(n, 1 / n == 5)', false],
  ['integers beyond 2^53 are exact', '9007199254740993 - 9007199254740992', 1],
  ['int and double are told apart', 'type(1) == type(1.0)', false],
  ['int and double are compared by amount', 'dyn(1) == 1.0', true],
  ['size counts code points', "'🦊'.size()", 1],
  ['a chain over what is missing gives the fallback', "object.spec.?missing.field.orValue('none')", 'none'],
];

for (const [name, source, expected] of rows) test(name, () => assert.deepEqual(evaluate(source, { object: pod }), expected));

test('overflow of int64 is an error', () => {
  const value = evaluate('9223372036854775807 + x', { x: 1 });
  assert.ok(value instanceof CelError);
});

test('errors have the line and column of the sub-expression', () => {
  const compiled = compile('true &&\n  object.a.b == 1', environment);
  assert.ok(compiled.ok);
  const { program } = compiled;
  assert.deepEqual(diagnosed(program, program.evaluate({ object: {} })), {
    code: 'cel/evaluation',
    message: 'no such key: a',
    line: 2,
    column: 3,
  });
});

test('type errors have a place and do not stop at the first', () => {
  const compiled = compile("1 + 'a' == 2 || nothing", environment);
  assert.deepEqual(compiled.ok ? [] : compiled.issues.map(({ code, line, column }) => [code, line, column]), [
    ['cel/type', 1, 3],
    ['cel/type', 1, 17],
  ]);
});

test('a runaway expression ends at its budget', () => {
  const nested = '[1,2,3,4,5,6,7,8,9,10]';
  const source = `${nested}.all(a, ${nested}.all(b, ${nested}.all(c, ${nested}.all(d, ${nested}.all(e, ${nested}.all(f, true))))))`;
  const compiled = compile(source, environment);
  assert.ok(compiled.ok);
  const { exceeded, cost } = compiled.program.evaluate({}, 1000);
  assert.equal(exceeded, true);
  assert.ok(cost < 1100);
});

test('a pattern that would backtrack without end is matched in linear time', () => {
  assert.equal(evaluate(`'${'a'.repeat(5000)}b'.matches('^(a+)+$')`), false);
});

test('text nested or chained without end is refused, not followed', () => {
  for (const source of [
    '('.repeat(50_000),
    `${'['.repeat(300)}${']'.repeat(300)}`,
    `1${'+1'.repeat(40_000)}`,
    `a${'.b'.repeat(40_000)}`,
    `${'!'.repeat(90_000)}true`,
  ])
    assert.equal(typeof compile(source, environment).ok, 'boolean');
});

test('what doubles without end is stopped, whatever it costs', () => {
  for (const start of ["dyn('abcdefgh')", 'dyn([1, 2, 3])', "dyn(b'abcd')"])
    assert.ok(evaluate(`[${start}]${'.map(v, v + v)'.repeat(60)}[0].size()`) instanceof CelError, start);
  assert.ok(evaluate(`['aaaaaaaa']${".map(v, v.replace('', v))".repeat(20)}[0].size()`) instanceof CelError);
  assert.ok(evaluate(`optional.of(1)${'.optMap(v, v + v)'.repeat(60)}.value()`) instanceof CelError);
});

test('an object nested without end is compared without falling over', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  const other = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  assert.ok(evaluate('object.x == object.y', { object: { x: deep, y: other } }) !== undefined);
});

test('of an expression that is broken all over a hundred errors are told', () => {
  const { issues } = lex('$('.repeat(15_000));
  assert.equal(issues.length, 101);
  assert.equal(issues.at(-1)?.message, 'Syntax error: More than 100 syntax errors');
});

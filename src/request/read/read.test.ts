// Parts of reads whose rows say more than recorded cases: ages, negotiation, selectors, YAML, paths of columns, continue tokens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { negotiate } from './accept.ts';
import { compareVersions } from './catalog.ts';
import { readContinue, writeContinue } from './continue.ts';
import { readLabelSelector } from './label-selector.ts';
import { humanDuration } from './table/cell.ts';
import { jsonPath } from './table/json-path.ts';
import { yamlText } from './yaml-text.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test('ages have two or three figures', () => {
  const rows: readonly [milliseconds: number, shown: string][] = [
    [-5 * second, '<invalid>'],
    [-second, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [9 * minute + second, '9m1s'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [7 * day + hour, '7d1h'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [800 * day, '2y70d'],
    [9 * 365 * day, '9y'],
  ];
  for (const [milliseconds, shown] of rows) assert.equal(humanDuration(milliseconds), shown);
});

test('the first clause that can be answered is taken', () => {
  const isTable = ({ kind }: { readonly kind: string }) => kind === 'Table';
  const rows: readonly [accept: string, taken: string][] = [
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/yaml', 'application/yaml'],
    ['text/html, application/yaml;q=0.5, application/json;q=0.4', 'application/yaml'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json Table'],
    ['application/json;as=Chair;v=v1;g=meta.k8s.io,application/yaml', 'application/yaml'],
    ['text/html', 'nothing'],
  ];
  for (const [accept, taken] of rows) {
    const found = negotiate(accept, isTable);
    assert.equal(found === undefined ? 'nothing' : [found.type, found.form?.kind].filter(Boolean).join(' '), taken, accept);
  }
});

test('label selectors are read or refused in the words of the server', () => {
  const rows: readonly [selector: string, problem: string | undefined][] = [
    ['a=b,c!=d,e in (f,g),h notin (i),!j,k', undefined],
    ['in in (in)', undefined],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
  ];
  for (const [selector, problem] of rows) {
    const read = readLabelSelector(selector);
    assert.equal(read.ok ? undefined : read.problem, problem, selector);
  }
});

test('any text is a selector or a refusal, never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'a =!(),<>inot\t') }), (text) => typeof readLabelSelector(text).ok === 'boolean'),
  );
});

test('versions are ordered as Kubernetes orders them', () => {
  const sorted = ['v1', 'foo1', 'v10', 'v11beta2', 'v2', 'v1alpha1', 'v2beta3', 'foo10', 'v11alpha2', 'v3beta1'].sort(compareVersions);
  assert.deepEqual(sorted, ['v10', 'v2', 'v1', 'v11beta2', 'v3beta1', 'v2beta3', 'v11alpha2', 'v1alpha1', 'foo1', 'foo10']);
});

test('paths of printer columns', () => {
  const object = {
    a: { 'b.c': [1, 2, { d: true }] },
    list: [
      { type: 'A', v: 1 },
      { type: 'B', v: 2 },
    ],
  };
  const rows: readonly [path: string, found: readonly unknown[]][] = [
    ['.a', [object.a]],
    [".a['b.c'][0]", [1]],
    ['.a.b\\.c[-1].d', []],
    ['.list[*].v', [1, 2]],
    ['.list[?(@.type=="B")].v', [2]],
    ['.list[?(@.v!=1)].type', ['B']],
    ['.missing.deeper', []],
    ['..recursive', []],
  ];
  for (const [path, found] of rows) assert.deepEqual(jsonPath(path, object), found, path);
});

test('continue tokens come back as they went', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), fc.integer({ min: 1, max: 2 ** 40 }), (name, revision) => {
      const read = readContinue(writeContinue(revision, name));
      assert.deepEqual(read, { ok: true, value: { revision, start: `${name}\u0000` } });
    }),
  );
  assert.equal(readContinue('$').ok, false);
});

test('YAML as the server writes it', () => {
  const object = { b: ['x', { c: 'true', a: 1 }], a: '', e: {}, f: [], g: 'two\nlines', h: 'a: b', i: '1e3', j: 'on', k: "it's" };
  const text = [
    'a: ""',
    'b:',
    '- x',
    '- a: 1',
    '  c: "true"',
    'e: {}',
    'f: []',
    'g: |-',
    '  two',
    '  lines',
    "h: 'a: b'",
    'i: "1e3"',
    'j: "on"',
    "k: it's",
    '',
  ];
  assert.equal(yamlText(object), text.join('\n'));
});

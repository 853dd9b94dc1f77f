// Files of several documents: what kubectl v1.36.3 reads of them (k8s.io/apimachinery 0.36.3 YAMLOrJSONDecoder), and where this program reads on
// behind what kubectl stops at, so that nothing is lost to a scan.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { parseYaml } from './parse.ts';

/** A document that could not be read. */
const broken = 'broken';

type Row = readonly [text: string, documents: readonly (Json | typeof broken)[], problems?: readonly string[]];

function check(rows: readonly Row[]): void {
  for (const [text, expected, problems = []] of rows) {
    const { documents, problems: found } = parseYaml(text, 'file');
    const values = documents.map(({ value }) => value ?? (value === undefined ? broken : null)).filter((value) => value !== null);
    assert.deepEqual(values, expected, JSON.stringify(text));
    const told = found.map(({ code, level, source }) => `${level} ${code} ${source?.line}:${source?.column}`);
    assert.deepEqual(told, problems, JSON.stringify(text));
  }
}

test('documents are cut as kubectl cuts them', () => {
  check([
    ['', []],
    ['\n\n# c\n---\n  # d\n---\n', []],
    ['null\n---\n~\n---\n---\n', []],
    ['a: 1', [{ a: 1 }]],
    ['---\n---\na: 1\n---\n', [{ a: 1 }]],
    ['a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n--- # c\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n---#c\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n---\t\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['a: |\n  x\n---\nb: 2', [{ a: 'x\n' }, { b: 2 }]],
    ['\ufeffa: 1\n---\n\ufeffb: 2', [{ a: 1 }, { b: 2 }]],
    ['\ufeff---\na: 1', [{ a: 1 }]],
    ['a: 1\n ...\nb: 2', [{ a: '1 ...', b: 2 }]],
    ['---#c\nb: 2\n', [broken], ['error yaml/syntax 2:2']],
    ['---\n---#c\nb: 2', [{ b: 2 }]],
    ['a: 1\n---\n---\u00a0\nb: 2', [{ a: 1 }, broken], ['error yaml/syntax 4:2']],
    ['---\n...\n---\na: 1\n...\n', [{ a: 1 }]],
    ['# c\u2028a: 1', [{ a: 1 }]],
    ['# c\ra: 1', [{ a: 1 }]],
    ['\u2028\u0085# c\u2029', []],
    ['a: 1\n---\u00a0\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n---\u2028\u3000# c\u2028b: 2\nc: 3', [{ a: 1 }, { c: 3 }]],
    ['a: |\n  x', [{ a: 'x\n' }]],
    ['a: |+\n  x\n\n---\nb: 2', [{ a: 'x\n\n' }, { b: 2 }]],
  ]);
});

test('JSON values follow one another without separators', () => {
  check([
    ['{"a": 1}{"b": 2} {"c": 3}\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['{"a": 1}\n---\n{"b": 2}\n---\nc: 3', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['{"a": 1}\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['{"a": "}{"}\n{"b": "\\"}{"}', [{ a: '}{' }, { b: '"}{' }]],
    ['{\n\t"a": [\n\t\t1\n\t]\n}\n{\n\t"b": 2\n}\n', [{ a: [1] }, { b: 2 }]],
    ['{"a": 1}\n{"b": ', [{ a: 1 }, broken], ['error json/syntax 2:7']],
    ['{"a": 1}\n{"b": 2}\n{"c"', [{ a: 1 }, { b: 2 }, broken], ['error json/syntax 3:5']],
    ['{"a": 1},{"b": 2}', [{ a: 1 }, broken], ['error yaml/syntax 1:9']],
    ['{"a": 1}\n# c\n', [{ a: 1 }]],
    ['{"a": 1}\n{b: 2}\n{"c": 3}', [{ a: 1 }, { b: 2 }], ['warning yaml/ignored-text 3:1']],
    ['---\n{"a": 1}\n{"b": 2}', [{ a: 1 }], ['warning yaml/ignored-text 3:1']],
    ['{"a": 1}\n---\n{"b": 2}\n{"c": 3}', [{ a: 1 }, { b: 2 }], ['warning yaml/ignored-text 4:1']],
    ['\t\n{a: 1}', [{ a: 1 }]],
  ]);
});

test('flow mappings that are no JSON are one document', () => {
  check([
    ['{a: 1}', [{ a: 1 }]],
    ['{"a": 1,}', [{ a: 1 }]],
    ['{a: it\'s "x}', [{ a: 'it\'s "x' }]],
    ['{a: "}{"}', [{ a: '}{' }]],
    ['[{"a": 1}]', [[{ a: 1 }]]],
  ]);
});

test('what Kubernetes does not read is told', () => {
  check([
    ['a: 1\n...\n', [{ a: 1 }]],
    ['a: 1\n... # c\n---\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n...\nb: 2\n---\nc: 3', [{ a: 1 }, { c: 3 }], ['warning yaml/ignored-text 3:1']],
    ['a: 1\n...\n@\n', [{ a: 1 }], ['warning yaml/ignored-text 3:1']],
    ['{a: 1}\n{b: 2}', [{ a: 1 }], ['warning yaml/ignored-text 2:1']],
    ['[a]\nb: 1', [['a']], ['warning yaml/ignored-text 2:1']],
    ['a: 1 # \u2028---\nb: 2', [{ a: 1 }], ['warning yaml/ignored-text 1:9']],
  ]);
});

test('what kubectl refuses is told, and read where YAML can read it', () => {
  check([
    ['a: 1\n--- {b: 2}\n---\nc: 3', [{ a: 1 }, { b: 2 }, { c: 3 }], ['warning yaml/refused-by-kubectl 2:1']],
    ['--- |\n  x\n', ['x\n'], ['warning yaml/refused-by-kubectl 1:1']],
    ['--- !!map\na: 1', [{ a: 1 }], ['warning yaml/refused-by-kubectl 1:1']],
    ['---a: 1\nb: 2', [{ '---a': 1, b: 2 }], ['warning yaml/refused-by-kubectl 1:1']],
    ['--- b: 2\n---\nc: 3', [broken, { c: 3 }], ['error yaml/syntax 1:6']],
    ['%YAML 1.1\n---\na: 1', [{ a: 1 }], ['warning yaml/refused-by-kubectl 1:1']],
    ['# c\n%TAG ! x\n---\na: !b 1', [{ a: '1' }], ['warning yaml/refused-by-kubectl 2:1']],
    ['%YAML 1.2\n---\na: 1', [broken, { a: 1 }], ['error yaml/syntax 1:1']],
  ]);
});

test('a broken document hides no other', () => {
  check([
    ['a: b: c\n---\nd: 1', [broken, { d: 1 }], ['error yaml/syntax 1:5']],
    ['a: 1\n---\n\tb: 1\n---\nc: 1', [{ a: 1 }, broken, { c: 1 }], ['error yaml/syntax 3:1']],
    ['a: "x\n---\nb: 2', [broken, { b: 2 }], ['error yaml/syntax 1:4']],
    ['a: {{ .Values.x }}\n---\nb: 2', [broken, { b: 2 }], ['error yaml/unsupported-key 1:5']],
    ['a: [\n---\nb: 2', [broken, { b: 2 }], ['error yaml/syntax 1:4']],
  ]);
});

// Texts made to hurt whoever reads them (bombs, depth, length, control characters, keys that are properties, numbers too large): each is
// answered with a code and a place, and the good document behind it is still read. No clock is looked at: what takes quadratic time here does
// not end in any time a person waits for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Json } from '../../lib/json.ts';
import { fieldLocator, maxDocumentLength, parseYaml, readDocument } from './parse.ts';
import { splitDocuments } from './split.ts';

const good = 'good: 1';

/** Reads a hostile document before and behind good ones; gives its value and what was told about it. */
function read(text: string): { readonly value: Json | undefined; readonly told: readonly string[] } {
  const { documents, problems } = parseYaml(`${good}\n---\n${text}\n---\n${good}`, 'file');
  const values = documents.map(({ value }) => value);
  assert.deepEqual([values.at(0), values.at(-1)], [{ good: 1 }, { good: 1 }], 'the good documents');
  assert.ok(documents.length <= 3);
  const told = problems.map(({ level, code, source }) => `${level} ${code} ${(source?.line ?? 0) - 2}:${source?.column}`);
  return { value: documents.length === 3 ? values[1] : undefined, told };
}

/** Levels of aliases, each using the one before ten times. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= levels; level++)
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}

test('alias bombs are refused where they go over the limit', () => {
  const list = Array.from({ length: 5000 }, (_, index) => `k${index}: v`).join(', ');
  const uses = (line: string) => Array.from({ length: 5000 }, (_, index) => line.replace('N', String(index))).join('\n');
  const chain = Array.from({ length: 2000 }, (_, index) => `b${index + 1}: &b${index + 1} [*b${index}, *b${index}]`).join('\n');
  const rows: readonly (readonly [name: string, text: string])[] = [
    ['billion laughs', laughs(9)],
    ['laughs of forty levels', laughs(40)],
    ['doubling two thousand times', `b0: &b0 [x]\n${chain}`],
    ['one large mapping used many times', `a: &a {${list}}\nb:\n${uses('- *a')}`],
    ['one large mapping merged many times', `a: &a {${list}}\nb:\n${uses('- <<: *a')}`],
    ['merged into one mapping many times', `a: &a {${list}}\nb:\n${uses('  <<: *a')}`],
    ['lists of merges', `a: &a {${list}}\nb:\n${uses('- <<: [*a, *a, *a]')}`],
  ];
  for (const [name, text] of rows) {
    const { value, told } = read(text);
    assert.equal(value, undefined, name);
    assert.equal(told.length, 1, name);
    assert.match(told[0] ?? '', /^error yaml\/excessive-aliasing [0-9]+:[0-9]+$/, name);
  }
});

test('aliases in the amounts that people write are read', () => {
  const { value, told } = read(`a: &a {x: 1, y: 2}\nb: [${Array(90).fill('*a').join(', ')}]`);
  assert.deepEqual(told, []);
  assert.deepEqual(isObject(value) && Array.isArray(value.b) ? value.b.length : 0, 90);
  assert.deepEqual(read(laughs(2)).told, []);
});

test('endless and missing aliases are told', () => {
  const rows: readonly (readonly [text: string, told: string])[] = [
    ['a: &a [*a]', 'error yaml/unknown-alias 1:8'],
    ['a: &a {b: {c: *a}}', 'error yaml/unknown-alias 1:15'],
    ['a: &a {<<: *a}', 'error yaml/unknown-alias 1:12'],
    ['a: *b', 'error yaml/unknown-alias 1:4'],
  ];
  for (const [text, told] of rows) assert.deepEqual(read(text), { value: undefined, told: [told] }, text);
});

test('deep nesting is refused where it goes too deep', () => {
  const deep = 100_000;
  const indented = Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  const rows: readonly (readonly [name: string, text: string, told: string])[] = [
    ['lists', '['.repeat(deep), 'error yaml/too-deep 1:401'],
    ['lists that end', `a: ${'['.repeat(deep)}${']'.repeat(deep)}`, 'error yaml/too-deep 1:403'],
    ['mappings', '{a: '.repeat(deep), 'error yaml/too-deep 1:1601'],
    ['JSON', `${'{"a":['.repeat(deep)}${']}'.repeat(deep)}`, 'error json/too-deep 1:1201'],
    ['dashes', '- '.repeat(deep), 'error yaml/too-deep 1:801'],
    ['question marks', '? '.repeat(deep), 'error yaml/too-deep 1:801'],
    ['indented mappings', indented, 'error yaml/too-deep 401:401'],
    ['tagged lists', '!!seq ['.repeat(deep), 'error yaml/too-deep 1:2807'],
    ['anchored lists', '&a ['.repeat(deep), 'error yaml/too-deep 1:1604'],
  ];
  for (const [name, text, told] of rows) {
    const result = read(text);
    assert.deepEqual(result.told, [told], name);
    assert.equal(result.value, undefined, name);
  }
  assert.deepEqual(read(`${'['.repeat(400)}${']'.repeat(400)}`).told, []);
});

test('a text over the limit is told, the documents around it are read', () => {
  const scalar = `a: "${'x'.repeat(100 * 1024 * 1024)}"`;
  assert.deepEqual(read(scalar), { value: undefined, told: ['error input/document-too-large 1:1'] });
  assert.deepEqual(read(`{a: ${'x'.repeat(maxDocumentLength)}}`).told, ['error input/document-too-large 1:1']);
  const json = read(`{"a": "${'x'.repeat(maxDocumentLength)}"}`);
  assert.deepEqual(json.told, []);
  assert.ok(isObject(json.value));
});

test('control characters and halves of characters are refused where they stand', () => {
  const rows: readonly (readonly [text: string, told: string])[] = [
    ['a: b\0', 'error yaml/control-character 1:5'],
    ['\0', 'error yaml/control-character 1:1'],
    ['a: "\u001b[31m"', 'error yaml/control-character 1:5'],
    ['a: 1\nb: \u0007 # c', 'error yaml/control-character 2:4'],
    ['a: \u007f', 'error yaml/control-character 1:4'],
    ['a: \u009b', 'error yaml/control-character 1:4'],
    ['a: \uffff', 'error yaml/control-character 1:4'],
    ['a: \ud83d', 'error yaml/control-character 1:4'],
    ['a: 😀\ude00', 'error yaml/control-character 1:6'],
    ['a: "\\ud83d"', 'error yaml/syntax 1:5'],
    ['{"a": "\0"}', 'error yaml/control-character 1:8'],
  ];
  for (const [text, told] of rows) assert.deepEqual(read(text), { value: undefined, told: [told] }, JSON.stringify(text));
});

test('keys that are properties of every object are ordinary keys', () => {
  const rows: readonly (readonly [text: string, keys: readonly string[]])[] = [
    ['__proto__: {polluted: 1}', ['__proto__']],
    ['{"__proto__": {"polluted": 1}}', ['__proto__']],
    [
      'constructor: {prototype: {polluted: 1}}\ntoString: 1\nhasOwnProperty: 2\nvalueOf: 3',
      ['constructor', 'hasOwnProperty', 'toString', 'valueOf'],
    ],
    ['a: &a {__proto__: {polluted: 1}}\n<<: *a', ['__proto__', 'a']],
    ['"": 1\n"10": 2\n"2": 3', ['', '10', '2']],
  ];
  for (const [text, keys] of rows) {
    const { value, told } = read(text);
    assert.deepEqual(told, [], text);
    assert.ok(isObject(value));
    assert.deepEqual(Object.keys(value).sort(), keys);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(value.polluted, undefined);
    for (const key of keys) assert.ok(fieldLocator(text)?.(`/${key}`).exact, key);
  }
  assert.deepEqual(read('__proto__: 1\n__proto__: 2').told, ['warning yaml/duplicate-key 2:1']);
  assert.deepEqual(read('constructor: 1').told, []);
});

test('duplicate keys are told where the later one stands, and the later one counts', () => {
  const rows: readonly (readonly [text: string, value: Json, told: readonly string[]])[] = [
    ['a: 1\na: 2', { a: 2 }, ['warning yaml/duplicate-key 2:1']],
    ['a: {b: 1, b: 2}', { a: { b: 2 } }, ['warning yaml/duplicate-key 1:11']],
    ['yes: 1\ntrue: 2', { true: 2 }, ['warning yaml/duplicate-key 2:1']],
    ['a: 1\na: null\na: 3', { a: 3 }, ['warning yaml/duplicate-key 2:1', 'warning yaml/duplicate-key 3:1']],
    ['<<: {a: 1}\na: 2', { a: 2 }, []],
    ['<<: {a: 1}\na: 2\na: 3', { a: 3 }, ['warning yaml/duplicate-key 3:1']],
  ];
  for (const [text, value, told] of rows) assert.deepEqual(read(text), { value, told }, text);
  const many = Array.from({ length: 10_000 }, () => 'a: 1').join('\n');
  assert.equal(read(many).told.length, 100);
});

test('numbers that a double does not hold are told', () => {
  assert.deepEqual(read('a: 9007199254740993').told, ['warning yaml/unsafe-integer 1:4']);
  assert.deepEqual(read('a: 0xFFFFFFFFFFFFFFFF').told, ['warning yaml/unsafe-integer 1:4']);
  assert.deepEqual(read('a: "9007199254740993"').told, []);
  assert.deepEqual(read('a: .nan').told, ['error yaml/not-a-number 1:4']);
  const digits = read(`a: ${'9'.repeat(1_000_000)}`);
  assert.deepEqual(digits.told, []);
  assert.ok(isObject(digits.value) && typeof digits.value.a === 'string', 'more than a float64 holds stays a string');
});

test('long texts of one kind are read in one pass', () => {
  const million = 1_000_000;
  const rows: readonly (readonly [name: string, text: string, errors: number])[] = [
    ['empty lines', '\n'.repeat(million), 0],
    ['comments', '# c\n'.repeat(million), 0],
    ['keys', Array.from({ length: 200_000 }, (_, index) => `k${index}: v`).join('\n'), 0],
    ['items', '- a\n'.repeat(million / 2), 0],
    ['a list in one line', `[${'a, '.repeat(million / 2)}]`, 0],
    ['lists closed at the indentation of their key', Array.from({ length: 50_000 }, (_, index) => `k${index}: [\na\n]`).join('\n'), 0],
    ['a plain scalar of many lines', `a: b${'\n  c'.repeat(million / 2)}`, 0],
    ['a quoted scalar of many lines', `a: "b${'\n  c'.repeat(million / 2)}"`, 0],
    ['a quoted scalar of escapes', `a: "${'\\n'.repeat(million)}"`, 0],
    ['a block scalar of many lines', `a: |\n${'  c\n'.repeat(million / 2)}`, 0],
    ['a block scalar of empty lines', `a: |+\n${'\n'.repeat(million)}`, 0],
    ['a folded scalar', `a: >\n${'  c\n\n'.repeat(million / 2)}`, 0],
    ['base64', `a: !!binary ${'AAAA'.repeat(million)}`, 0],
    ['anchors', Array.from({ length: 100_000 }, (_, index) => `k${index}: &a${index} v`).join('\n'), 0],
    ['one anchor again and again', `k: [${'&a v, *a, '.repeat(100)}${'&a v, '.repeat(100_000)}]`, 0],
    ['quotes never closed', `a: "${'\n"" "'.repeat(million / 4)}`, 1],
    ['colons', `a${':'.repeat(million)}`, 1],
    ['question marks', '?'.repeat(million), 0],
    ['exclamation marks', '!'.repeat(million), 0],
    ['ampersands', '&'.repeat(million), 1],
    ['opening braces on many lines', '{\n'.repeat(million / 2), 1],
    ['blanks', `a:${' '.repeat(million)}b`, 0],
    ['tabs', `${'\t'.repeat(million)}a`, 1],
    ['backslashes in JSON', `{"a": "${'\\\\'.repeat(million)}"}`, 0],
    ['quotes in JSON', `{"a": "${'\\"'.repeat(million)}"`, 1],
    ['JSON never closed', `{"a": [${'"b", '.repeat(million / 4)}`, 1],
    ['percent signs', `a: !${'%41'.repeat(million / 4)} b`, 0],
  ];
  for (const [name, text, errors] of rows) {
    const { told } = read(text);
    assert.equal(told.length, errors, `${name}: ${told.slice(0, 3).join(', ')}`);
  }
});

test('streams of very many documents are cut in one pass', () => {
  assert.equal(splitDocuments('---\n'.repeat(500_000)).length, 0);
  assert.equal(splitDocuments('--- # c\na: 1\n'.repeat(100_000)).length, 100_000);
  assert.equal(splitDocuments('{}'.repeat(100_000)).length, 100_000);
  assert.equal(splitDocuments('{"a": "'.repeat(100_000)).length, 1);
  assert.equal(splitDocuments('---\n{\n'.repeat(50_000)).length, 50_000);
  assert.equal(splitDocuments('--- a\n'.repeat(50_000)).length, 50_000);
});

test('fields of large mappings, and behind many aliases, are found without a pass for each', () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}`);
  const wide = fieldLocator(keys.map((key) => `${key}: v`).join('\n'));
  for (const key of keys) assert.ok(wide?.(`/${key}`).exact);
  const aliased = keys.slice(0, 20_000).map((key, index) => `${key}: &${key} {x: 1}\na${index}: *${key}`);
  const locate = fieldLocator(aliased.join('\n'));
  for (const index of aliased.keys()) assert.ok(locate?.(`/a${index}/x`).exact);
});

test('a document that was refused is refused the same way a second time', () => {
  for (const text of ['a: [', 'a: "', '- - - b: c: d', '\0']) assert.deepEqual(readDocument(text), readDocument(text));
});

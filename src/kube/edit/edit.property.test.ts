// Documents in random layouts, changed at random: the value is the patched one, and no line outside the place has moved.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isObject, type Json, sameJson } from '../../lib/json.ts';
import { pointer, tokens } from '../../lib/json-pointer.ts';
import { applyJsonPatch, type JsonPatchOperation, valueAt } from '../patch/json-patch.ts';
import { fieldRange, readDocument } from '../yaml/parse.ts';
import { editDocument } from './edit.ts';

/** A value and its text: behind a key or dash at `indent`, or inside brackets. */
interface Written {
  readonly value: Json;
  readonly block: (indent: number) => { readonly inline: string; readonly lines: readonly string[] };
  readonly flow: string;
}

const inline = (value: Json, ...texts: readonly string[]): fc.Arbitrary<Written> =>
  fc.constantFrom(...texts).map((text) => ({ value, block: () => ({ inline: text, lines: [] }), flow: text }));

const scalar: fc.Arbitrary<Written> = fc.oneof(
  inline('abc', 'abc', '"abc"', "'abc'", '!!str abc'),
  inline('a b', 'a b', '"a b"', "'a b'"),
  inline('x: #', '"x: #"', "'x: #'"),
  inline(1, '1', '0x1', '+1'),
  inline(true, 'true', 'yes', 'on'),
  inline(null, 'null', '~'),
  inline({}, '{}', '{ }'),
  inline([], '[]', '[ ]'),
  fc.constant<Written>({ value: null, block: () => ({ inline: '', lines: [] }), flow: '~' }),
  fc.constantFrom('', '-', ' # head').map((header): Written => {
    const value = header === '-' ? 'l\n m' : 'l\n m\n';
    return {
      value,
      block: (indent) => ({ inline: `|${header}`, lines: [`${' '.repeat(indent + 2)}l`, `${' '.repeat(indent + 2)} m`] }),
      flow: JSON.stringify(value),
    };
  }),
  fc.constant<Written>({ value: 'p q', block: (indent) => ({ inline: '"p', lines: [`${' '.repeat(indent + 1)}q"`] }), flow: '"p q"' }),
);

const comment = fc.constantFrom('', '', '', ' # note');
const between = fc.constantFrom<readonly string[]>([], [], [], [''], ['# line'], ['', '  # far']);

const { node } = fc.letrec<{ node: Written; mapping: Written; sequence: Written; brackets: Written }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, tie('mapping'), tie('mapping'), tie('sequence'), tie('brackets')),
  mapping: fc
    .tuple(
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd e', 'yes'), { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(tie('node'), comment, between, fc.boolean()), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([keys, members, step]): Written => {
      const value = Object.fromEntries(keys.map((key, index) => [key, members[index]?.[0].value ?? null]));
      const name = (key: string, index: number) => (members[index]?.[3] === true || key === 'yes' ? JSON.stringify(key) : key);
      return {
        value,
        flow: `{${keys.map((key, index) => `${name(key, index)}: ${members[index]?.[0].flow}`).join(', ')}}`,
        block: (indent) => ({
          inline: '',
          lines: keys.flatMap((key, index) => {
            const [written, note, gap] = members[index] ?? [];
            const { inline = '', lines = [] } = written?.block(indent + step) ?? {};
            const head = `${' '.repeat(indent + step)}${name(key, index)}:${inline === '' ? '' : ` ${inline}`}`;
            return [index === 0 || inline.startsWith('|') ? head : head + endOf(inline, note), ...lines, ...gapBehind(inline, gap)];
          }),
        }),
      };
    }),
  sequence: fc
    .tuple(fc.array(fc.tuple(tie('node'), comment, between), { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 2), fc.constantFrom(2, 4))
    .map(
      ([items, dash, width]): Written => ({
        value: items.map(([{ value }]) => value),
        flow: `[${items.map(([{ flow }]) => flow).join(', ')}]`,
        block: (indent) => ({
          inline: '',
          lines: items.flatMap(([written, note, gap]) => {
            const column = Math.max(indent, 0) + dash;
            const { inline, lines } = written.block(column + width - step(written));
            const [first = '', ...rest] = lines;
            const compact =
              inline === '' && first.trim() !== '' && first.startsWith(' '.repeat(column + width)) && first[column + width] !== ' ';
            const head = `${' '.repeat(column)}-${compact ? ' '.repeat(width - 1) + first.slice(column + width) : inline === '' ? '' : ` ${inline}`}`;
            return [head + (compact ? '' : endOf(inline, note)), ...(compact ? rest : lines), ...gapBehind(inline, gap)];
          }),
        }),
      }),
    ),
  brackets: fc
    .tuple(fc.oneof(tie('mapping'), tie('sequence')), fc.boolean())
    .map(([written]): Written => ({ value: written.value, flow: written.flow, block: () => ({ inline: written.flow, lines: [] }) })),
}));

/** Mappings put their own step in front; the content of an item begins where the dash says. */
function step(written: Written): number {
  const first = written.block(0).lines[0] ?? '';
  return isObject(written.value) && !first.startsWith('-') ? first.length - first.trimStart().length : 0;
}

/** A comment cannot stand behind the first line of a scalar that goes on. */
function endOf(inline: string, note = ''): string {
  return inline.startsWith('|') || inline === '"p' ? '' : note;
}

/** Empty lines and comments behind a block scalar would belong to it, or end it. */
function gapBehind(inline: string, gap: readonly string[] = []): readonly string[] {
  return inline.startsWith('|') || inline.startsWith('"p') ? [] : gap;
}

interface Case {
  readonly value: Json;
  readonly text: string;
}

const document: fc.Arbitrary<Case> = fc
  .tuple(node, fc.constantFrom('\n', '\n', '\r\n'), fc.boolean())
  .map(([written, lineBreak, ended]) => {
    const { inline, lines } = written.block(-step(written));
    const text = [...(inline === '' ? [] : [inline]), ...lines].join(lineBreak) + (ended ? lineBreak : '');
    return { value: written.value, text };
  })
  .filter(({ value, text }) => text.trim() !== '' && sameJson(readDocument(text).value, value));

const jsonDocument: fc.Arbitrary<Case> = fc
  .tuple(node, fc.constantFrom('', ' ', '  ', '\t'))
  .map(([{ value }, indent]) => ({ value, text: JSON.stringify(value, undefined, indent) }));

const newValue = fc.oneof(
  fc.constantFrom<Json>(1, true, null, 'abc', 'yes', 'a: b', 'x\ny\n', '', '# c', {}, [], { a: 1 }, [1, 'no']),
  fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
);

function pointersOf(value: Json, at = ''): readonly string[] {
  if (Array.isArray(value)) return [at, ...value.flatMap((item: Json, index) => pointersOf(item, at + pointer(index)))];
  if (!isObject(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => pointersOf(item ?? null, at + pointer(key)))];
}

/** An operation that fits the value. */
function operationOn(value: Json, at: number, kind: 'add' | 'replace' | 'remove', put: Json, key: string): JsonPatchOperation {
  const pointers = pointersOf(value);
  const path = pointers[at % pointers.length] ?? '';
  const here = valueAt(value, tokens(path));
  if (kind === 'add' && Array.isArray(here)) return { op: 'add', path: `${path}/${at % (here.length + 1)}`, value: put };
  if (kind === 'add' && isObject(here)) return { op: 'add', path: path + pointer(key), value: put };
  return kind === 'remove' && path !== '' ? { op: 'remove', path } : { op: 'replace', path, value: put };
}

/** Lines of `text` that an operation may touch: those of the collection it is in, with its key. */
function touchedLines(text: string, { path }: JsonPatchOperation): readonly [first: number, last: number] {
  const parent = path.slice(0, path.lastIndexOf('/'));
  const range = path === '' ? undefined : fieldRange(text, parent);
  if (range === undefined) return [0, Number.POSITIVE_INFINITY];
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length - 1;
  let first = lineOf((range.key ?? range.value).start);
  while (/^\s*(?:-\s*)+(?:#.*)?\r?$/.test(text.split('\n')[first - 1] ?? '')) first--;
  const lines = text.split('\n');
  let last = lineOf(Math.max(range.value.end, range.key?.end ?? 0));
  while (/^\s*(?:#.*)?\r?$/.test(lines[last + 1] ?? 'end')) last++;
  return [first, last];
}

function check({ value, text }: Case, operation: JsonPatchOperation): void {
  const wanted = applyJsonPatch(value, [operation]);
  assert.ok(wanted.ok);
  const result = editDocument(text, [operation]);
  assert.ok(result.ok, result.ok ? '' : result.problem.message);
  assert.ok(sameJson(readDocument(result.value).value, wanted.value));
  const [before, after] = [text.split('\n'), result.value.split('\n')];
  const [first, last] = touchedLines(text, operation);
  assert.deepEqual(after.slice(0, first), before.slice(0, first), 'lines above');
  const below = Math.max(0, before.length - 1 - last);
  const [tailBefore, tailAfter] = [before.slice(before.length - below), after.slice(after.length - below)];
  if (below > 0) assert.deepEqual(tailAfter, tailBefore, 'lines below');
  assert.equal(/\r\n/.test(text) && /[^\r]\n/.test(result.value), false, 'line ends');
}

for (const [name, documents] of [
  ['YAML', document],
  ['JSON', jsonDocument],
] as const)
  test(`a random change of random ${name} is the patched value and moves nothing else`, () => {
    fc.assert(
      fc.property(
        documents,
        fc.nat(1000),
        fc.constantFrom<'add' | 'replace' | 'remove'>('add', 'replace', 'remove'),
        newValue,
        fc.constantFrom('new', 'a', 'yes', 'x y', '0'),
        (each, at, kind, put, key) => check(each, operationOn(each.value, at, kind, put, key)),
      ),
      { numRuns: 1000 },
    );
  });

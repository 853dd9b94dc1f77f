// Values as lines of a block, or as text inside brackets, in the layout of the document they are put into.

import { isObject, type Json } from '../../lib/json.ts';
import type { Layout } from './layout.ts';
import { isScalar, literalText, type Setting, scalarText } from './scalar.ts';

/** A value behind its key or dash: what stands on that line, and the lines below, with their indentation. */
export interface Placed {
  readonly inline: string;
  readonly lines: readonly string[];
}

type Steps = Pick<Layout, 'step' | 'dash' | 'careful'>;

function pad(column: number): string {
  return ' '.repeat(column);
}

/** A value behind a key at `column`. */
export function placeMember(value: Json, column: number, steps: Steps): Placed {
  if (isScalar(value)) return placeScalar(value, column + steps.step, steps);
  if (Array.isArray(value)) {
    if (value.length === 0) return { inline: '[]', lines: [] };
    return { inline: '', lines: value.flatMap((item: Json) => itemLines(item, column + steps.dash, steps)) };
  }
  const entries = isObject(value) ? Object.entries(value) : [];
  if (entries.length === 0) return { inline: '{}', lines: [] };
  return { inline: '', lines: entries.flatMap(([key, item]) => memberLines(key, item ?? null, column + steps.step, steps)) };
}

function placeScalar(value: Json, indent: number, steps: Steps): Placed {
  const literal = !steps.careful && typeof value === 'string' ? literalText(value) : undefined;
  if (literal !== undefined) return { inline: literal.header, lines: literal.lines.map((line) => (line === '' ? '' : pad(indent) + line)) };
  return { inline: isScalar(value) ? scalarText(value, 'block') : '', lines: [] };
}

/** A value behind a dash whose content stands at `column`. */
export function placeItem(value: Json, column: number, steps: Steps): Placed {
  if (isScalar(value)) return placeScalar(value, column, steps);
  const lines = Array.isArray(value)
    ? value.flatMap((item: Json) => itemLines(item, column, steps))
    : Object.entries(isObject(value) ? value : {}).flatMap(([key, item]) => memberLines(key, item ?? null, column, steps));
  const [first = '', ...rest] = lines;
  if (lines.length === 0) return { inline: Array.isArray(value) ? '[]' : '{}', lines: [] };
  return { inline: first.slice(column), lines: rest };
}

/** The lines of `key: value` with the key at `column`. */
export function memberLines(key: string, value: Json, column: number, steps: Steps): readonly string[] {
  const { inline, lines } = placeMember(value, column, steps);
  return [`${pad(column)}${scalarText(key, 'block')}:${inline === '' ? '' : ` ${inline}`}`, ...lines];
}

/** The lines of `- value` with the dash at `column` and the content `width` columns behind it. */
export function itemLines(value: Json, column: number, steps: Steps, width = 2): readonly string[] {
  const { inline, lines } = placeItem(value, column + width, steps);
  return [`${pad(column)}-${pad(width - 1)}${inline}`, ...lines];
}

/** A value on one line inside brackets. */
export function flowText(value: Json, setting: Setting, tight = false): string {
  const comma = tight ? ',' : ', ';
  const colon = tight ? ':' : ': ';
  if (isScalar(value)) return scalarText(value, setting);
  if (Array.isArray(value)) return `[${value.map((item: Json) => flowText(item, setting, tight)).join(comma)}]`;
  const entries = Object.entries(isObject(value) ? value : {});
  return `{${entries.map(([key, item]) => scalarText(key, setting) + colon + flowText(item ?? null, setting, tight)).join(comma)}}`;
}

/** A value inside brackets, over several lines whose first is at `indent` and whose members stand `step` further in. */
export function flowLines(value: Json, setting: Setting, indent: string, step: string, lineBreak: string): string {
  if (isScalar(value)) return scalarText(value, setting);
  const inner = indent + step;
  const members = Array.isArray(value)
    ? value.map((item: Json) => inner + flowLines(item, setting, inner, step, lineBreak))
    : Object.entries(isObject(value) ? value : {}).map(
        ([key, item]) => `${inner}${scalarText(key, setting)}: ${flowLines(item ?? null, setting, inner, step, lineBreak)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return members.length === 0 ? open + close : `${open}${lineBreak}${members.join(`,${lineBreak}`)}${lineBreak}${indent}${close}`;
}

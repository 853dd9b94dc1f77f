// Scalars as they are written: plain where every reader of YAML, 1.1 and 1.2, takes them for the string they are, else quoted.

import type { Json } from '../../lib/json.ts';
import { withoutEnd } from '../../lib/text.ts';
import { resolvePlain } from '../yaml/scalar.ts';

/** Where a scalar is written: in a block, inside brackets, or in a JSON text (or brackets whose keys are all in double quotes). */
export type Setting = 'block' | 'flow' | 'json';

export type JsonScalar = null | boolean | number | string;

export function isScalar(value: Json): value is JsonScalar {
  return value === null || typeof value !== 'object';
}

/** The text of a scalar on one line. */
export function scalarText(value: JsonScalar, setting: Setting): string {
  if (typeof value !== 'string' || setting === 'json') return JSON.stringify(value);
  if (isPlain(value, setting)) return value;
  if (/["\\]/.test(value) && !needsEscapes(value)) return `'${value.replaceAll("'", "''")}'`;
  return doubleQuoted(value);
}

/** A string in the style it was written in, where it still fits: quotes stay quotes. */
export function scalarTextLike(written: string, value: JsonScalar, setting: Setting): string {
  if (typeof value !== 'string' || setting === 'json') return scalarText(value, setting);
  if (written.startsWith('"')) return doubleQuoted(value);
  if (written.startsWith("'") && !needsEscapes(value)) return `'${value.replaceAll("'", "''")}'`;
  return scalarText(value, setting);
}

/** Words that some reader of YAML takes for something else than a string. */
const taken = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity|~|=|<<)$/i;
/** What some reader takes for a number, a time or a date. */
const numeric = /^[-+.]?[0-9][-+0-9_.,:eETtZzxXoObBa-fA-F ]*$/;
const safe = /^[A-Za-z0-9_/][A-Za-z0-9_/.@%+=~^$*;()<>| -]*(?::[A-Za-z0-9_/.@%+=~^$*;()<>|-]+[A-Za-z0-9_/.@%+=~^$*;()<>| -]*)*$/;
const longestPlain = 200;

function isPlain(value: string, setting: Setting): boolean {
  if (value.length > longestPlain || !safe.test(value) || value.endsWith(' ') || taken.test(value) || numeric.test(value)) return false;
  if (setting === 'flow' && value.includes('  ')) return false;
  return resolvePlain(value) === value;
}

/** Line ends, controls and what does not show itself can only be written in double quotes. */
const hidden = /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]/;

function needsEscapes(value: string): boolean {
  return hidden.test(value.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''));
}

function doubleQuoted(value: string): string {
  let text = '"';
  for (const character of value) {
    if (character === '"' || character === '\\') text += `\\${character}`;
    else if (character === '\n') text += '\\n';
    else if (character === '\t') text += '\\t';
    else if (character === '\r') text += '\\r';
    else if (character.length === 1 && hidden.test(character)) text += `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    else text += character;
  }
  return `${text}"`;
}

/**
 * A string of several lines as a literal block: its header, and its lines without indentation. Undefined where a block cannot hold it as it
 * is, or would hide what it holds.
 */
export function literalText(value: string): { readonly header: string; readonly lines: readonly string[] } | undefined {
  const body = withoutEnd(value, '\n');
  if (!body.includes('\n') || needsEscapes(body.replaceAll('\n', '').replaceAll('\t', ''))) return undefined;
  const lines = body.split('\n');
  if (/^[ \t]/.test(lines.find((line) => line !== '') ?? '') || lines.some((line) => /[ \t]$/.test(line)) || lines[0] === '')
    return undefined;
  const ends = value.length - body.length;
  if (ends > 1) return undefined;
  return { header: ends === 0 ? '|-' : '|', lines };
}

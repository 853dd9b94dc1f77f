// Field selectors: `metadata.name=web,status.phase!=Running`, as k8s.io/apimachinery/pkg/fields of 1.36. Values may hold `\,`, `\=` and `\\`.
// Which fields a kind can be selected by is the API server's matter, not the syntax's.

import { failure, ok, type Result } from '../lib/result.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** All requirements must hold; none at all means everything. */
export type FieldSelector = readonly FieldRequirement[];

/** Reads a field selector. The empty text selects everything. */
export function parseFieldSelector(text: string): Result<FieldSelector, string> {
  const selector: FieldRequirement[] = [];
  for (const term of terms(text).sort()) {
    if (term === '') continue;
    const match = /^([^=!]*(?:!(?!=)[^=!]*)*)(!=|==|=)/.exec(term);
    if (match === null) return failure(`"${term}" is no requirement`);
    const value = unescaped(term.slice(match[0].length));
    if (value === undefined) return failure(`"${term}" holds an unescaped "," or "=" or a bad escape`);
    if (match[1] !== '' || value !== '') selector.push({ field: match[1] ?? '', equal: match[2] !== '!=', value });
  }
  return ok(selector);
}

/** True where every requirement holds; a field that is not there counts as the empty text. */
export function matchesFields(selector: FieldSelector, fields: Readonly<Record<string, string>>): boolean {
  return selector.every(({ field, equal, value }) => ((Object.hasOwn(fields, field) ? fields[field] : '') === value) === equal);
}

function terms(text: string): string[] {
  if (text === '') return [];
  const found: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === ',') {
      found.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, text.slice(start)];
}

function unescaped(text: string): string | undefined {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === ',' || character === '=') return undefined;
    if (character !== '\\') {
      value += character;
      continue;
    }
    index++;
    const escaped = text[index];
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=') return undefined;
    value += escaped;
  }
  return value;
}

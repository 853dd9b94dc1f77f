// A JSON text as a value that is exactly what was written, or why it cannot be: integers that a double rounds, equal keys and nesting without
// end make a value other than the one a server reads, and a policy must judge what was sent.

import type { Json } from '../../lib/json.ts';
import { readJson } from './read.ts';

/** Issues of a JSON text that make the value something else than what was sent. */
const fatal = new Set(['json/unsafe-integer', 'json/too-deep', 'json/duplicate-key']);

/** Digits that may be rounded, and brackets that may be a trap: such a text is looked at closely, which takes as long again. */
const suspicious = /[0-9]{16}|[[{]{32}/;

/** The value, or what keeps it from being exact; undefined where the text is no JSON. `exactJson('[1]')` is `{value: [1]}`. */
export function exactJson(text: string): { readonly value: Json } | string | undefined {
  if (!suspicious.test(text)) {
    try {
      return { value: JSON.parse(text) };
    } catch {
      return undefined;
    }
  }
  const document = readJson(text);
  if (document === undefined) return undefined;
  const issue = document.issues.find(({ code }) => fatal.has(code));
  if (issue !== undefined) return issue.message;
  return document.value === undefined ? 'it is nested too deep' : { value: document.value };
}

// Where in a template of a chart a field is written. A template is no YAML, so only what is certain is said: the line of the deepest key on
// the way to the field which the template holds exactly once. `…/securityContext/privileged` is found by its `privileged:`, else by its
// `securityContext:`, else not at all.

import { tokens } from '../lib/json-pointer.ts';
import { lineColumn, lineStarts } from '../lib/text.ts';

/** The place of the field at `path` in a template's text, as line and column; undefined where no key on the way is there just once. */
export function templateLine(text: string, path: string): { readonly line: number; readonly column: number } | undefined {
  for (const key of tokens(path).toReversed()) {
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(key)) continue;
    const found = keyOffsets(text, key);
    if (found.length === 1) return lineColumn(lineStarts(text), found[0] ?? 0);
  }
  return undefined;
}

/** Offsets of a key that begins its line, dashes of list items left aside; two are enough to know that it is not alone. */
function keyOffsets(text: string, key: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(`${key}:`); at >= 0 && offsets.length < 2; at = text.indexOf(`${key}:`, at + 1)) {
    const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
    if (/^[ -]*$/.test(before)) offsets.push(at);
  }
  return offsets;
}

// `fieldPath` of a validation rule: a path into the schema, `.spec.a['b.c']`, given back as its segments.

import { field, isObject, type JsonObject } from '../../../lib/json.ts';
import { failure, ok, type Result } from '../../../lib/result.ts';
import { additional, properties } from './schema.ts';

const token = /'(?:[^'\\]|\\.)*'|'.*$|[.[\]]|[^.[\]]+/gs;
const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' };

/** A segment is a property's name, or a key of a map. */
export interface Segment {
  readonly name: string;
  readonly isKey: boolean;
}

export function readFieldPath(path: string, root: JsonObject): Result<readonly Segment[], string> {
  const tokens = path.match(token) ?? [];
  const segments: Segment[] = [];
  let schema: JsonObject = root;
  for (let at = 0; at < tokens.length; ) {
    const opening = tokens[at++];
    if (opening !== '.' && opening !== '[') return failure(`expected [ or . but got: ${opening}`);
    const written = tokens[at++];
    if (written === undefined) return failure('unexpected end of JSON path');
    const name = opening === '.' ? written : unquoted(written);
    if (name === undefined) return failure(`expected single quoted string but got ${written}`);
    const known = properties(schema);
    const next = known === undefined ? additional(schema) : field(known, name);
    if (!isObject(next)) return failure('does not refer to a valid field');
    schema = next;
    segments.push({ name, isKey: known === undefined });
    if (opening === '.') continue;
    const closing = tokens[at++];
    if (closing === undefined) return failure('unexpected end of JSON path');
    if (closing !== ']') return failure(`expected ] but got ${closing}`);
  }
  return ok(segments);
}

function unquoted(text: string): string | undefined {
  if (text.length < 2 || !text.startsWith("'") || !text.endsWith("'")) return undefined;
  let valid = true;
  const name = text.slice(1, -1).replace(/\\(.)/gs, (_, letter: string) => {
    valid &&= Object.hasOwn(escapes, letter);
    return escapes[letter] ?? '';
  });
  return valid ? name : undefined;
}

// `find` and `findAll` (Kubernetes' library since the beginning).

import { type Library, method } from '../function.ts';
import { compileRegex } from '../regex.ts';
import { CelError, type Value } from '../value.ts';

function findAll(text: string, pattern: string, limit = -1): Value {
  const regex = compileRegex(pattern);
  if (regex instanceof CelError) return new CelError(`Illegal regex: ${regex.message}`);
  return regex.all(text, limit < 0 ? Number.POSITIVE_INFINITY : Number(limit));
}

function find(text: string, pattern: string): Value {
  const found = findAll(text, pattern, 1);
  return Array.isArray(found) ? (found[0] ?? '') : found;
}

export const regexes: Library = {
  functions: [
    method('find', 'string_find_string', 'string, string -> string', find),
    method('findAll', 'string_find_all_string', 'string, string -> list(string)', (text: string, pattern: string) =>
      findAll(text, pattern),
    ),
    method('findAll', 'string_find_all_string_int', 'string, string, int -> list(string)', findAll),
  ],
};

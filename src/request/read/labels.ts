// The labels of an object of any shape.

import { dig, type JsonObject, stringMap } from '../../lib/json.ts';

export function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  return stringMap(dig(object, 'metadata', 'labels'));
}

// Schemas within CustomResourceDefinitions: `items`, `additionalProperties` and `additionalItems` may be a schema or something else, so that
// their type has a decoder of its own, which drops unknown fields without a word; what is empty in them does not survive the store
// (apiextensions.k8s.io/v1 marshal.go, 1.36).

import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import { type Struct, structAt, structsIn } from '../../kube/schema/defaults/struct.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json } from '../../lib/json.ts';

const maxDepth = 200;

/** Decodes what the published schema of a definition leaves open, in place. */
export function decodeSchemas(definition: Struct, props: Schema): void {
  for (const version of structsIn(structAt(definition, 'spec'), 'versions')) {
    const schema = structAt(version, 'schema');
    if (schema.openAPIV3Schema !== undefined) visit(structAt(schema, 'openAPIV3Schema'), props, 0);
  }
}

function visit(node: Struct, props: Schema, depth: number): void {
  if (depth > maxDepth) return;
  for (const key of ['items', 'additionalProperties', 'additionalItems']) {
    const value = node[key];
    if (isObject(value)) node[key] = encode(decode(value, props), props);
    else if (key === 'items' && !isFilledList(value)) delete node[key];
    if (isObject(node[key])) visit(structAt(node, key), props, depth + 1);
  }
  for (const key of ['properties', 'patternProperties', 'definitions']) {
    const map = structAt(node, key);
    for (const name of Object.keys(map)) if (isObject(map[name])) visit(structAt(map, name), props, depth + 1);
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) for (const each of structsIn(node, key)) visit(each, props, depth + 1);
  if (isObject(node.not)) visit(structAt(node, 'not'), props, depth + 1);
}

/** Whatever else stands for `items` is read as nothing, without a word. */
function isFilledList(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

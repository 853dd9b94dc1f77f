// What a schema of a custom resource may be in JSON of several kinds, and is a message of its own in protobuf: any value at all, a schema or a list
// of them, a schema or a boolean, a schema or a list of names (apiextensions.k8s.io/v1, generated.proto and marshal.go, 1.36).

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { BackwardBytes } from './backward.ts';
import { utf8 } from './backward.ts';
import { delimited, each, Malformed } from './wire.ts';

const text = new TextDecoder('utf-8', { ignoreBOM: true });

type Union = 'JSON' | 'JSONSchemaPropsOrArray' | 'JSONSchemaPropsOrBool' | 'JSONSchemaPropsOrStringArray';

const unions: Readonly<Record<string, Union>> = {
  'apiextensions.v1.JSON': 'JSON',
  'apiextensions.v1.JSONSchemaPropsOrArray': 'JSONSchemaPropsOrArray',
  'apiextensions.v1.JSONSchemaPropsOrBool': 'JSONSchemaPropsOrBool',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': 'JSONSchemaPropsOrStringArray',
};

/** Which of them a message is; undefined for all others. */
export function unionOf(message: string): Union | undefined {
  return Object.hasOwn(unions, message) ? unions[message] : undefined;
}

/** Writes what is inside of one; `writeSchema` writes a schema as the field of a number. */
export function writeUnion(union: Union, value: Json, out: BackwardBytes, writeSchema: (number: number, schema: JsonObject) => void): void {
  if (union === 'JSON') {
    if (value !== null) out.bytes(1, utf8.encode(goText(value)));
  } else if (union === 'JSONSchemaPropsOrBool') {
    if (isObject(value)) writeSchema(2, value);
    out.integer(1, isObject(value) || value === true ? 1 : 0);
  } else if (Array.isArray(value)) {
    const items = value as readonly Json[];
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index] ?? null;
      if (union === 'JSONSchemaPropsOrArray') writeSchema(2, isObject(item) ? item : {});
      else out.text(2, typeof item === 'string' ? item : '');
    }
  } else if (isObject(value)) writeSchema(1, value);
}

/** Reads one; `readSchema` reads a schema. */
export function readUnion(union: Union, bytes: Uint8Array, readSchema: (bytes: Uint8Array) => JsonObject): Json {
  let single: Json | undefined;
  let allows = false;
  const listed: Json[] = [];
  each(bytes, union, (number, value, wire) => {
    if (union === 'JSON') {
      if (number === 1) single = parsed(text.decode(delimited(value, wire, 'Raw')));
    } else if (union === 'JSONSchemaPropsOrBool') {
      if (number === 1) allows = value !== 0n;
      if (number === 2) single = readSchema(delimited(value, wire, 'Schema'));
    } else if (number === 1) single = readSchema(delimited(value, wire, 'Schema'));
    else if (number === 2 && union === 'JSONSchemaPropsOrArray') listed.push(readSchema(delimited(value, wire, 'JSONSchemas')));
    else if (number === 2) listed.push(text.decode(delimited(value, wire, 'Property')));
  });
  if (union === 'JSONSchemaPropsOrBool') return single ?? allows;
  return listed.length > 0 ? listed : (single ?? null);
}

function parsed(json: string): Json {
  if (isTooDeep(json)) throw new Malformed('JSON within it is nested too deeply');
  try {
    return JSON.parse(json) as Json;
  } catch {
    throw new Malformed('JSON within it is none');
  }
}

/** As deep as JSON may be that stands for itself. */
const maxDepth = 2_000;

function isTooDeep(json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** JSON as Go stores it: what HTML would mean something by is escaped. */
function goText(value: Json): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

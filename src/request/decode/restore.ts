// What Go says of a value of the wrong type when objects are made of maps instead of text, as strategic merge patches are
// (k8s.io/apimachinery/pkg/runtime/converter.go, 1.36). Values with a form of their own, quantities and the like, are refused in the words of
// their JSON decoders, as elsewhere.

import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json } from '../../lib/json.ts';
import { goField, goValue } from './type-name.ts';

const maxDepth = 200;
const goNames: Readonly<Record<string, string>> = { int32: 'int32', int64: 'int64', double: 'float64' };

/** The first value of a wrong type; undefined where none is, or where only its form is wrong. */
export function restoreFault(value: Json, schema: Schema, depth = 0, type?: string): string | undefined {
  if (value === null || schema.preserveUnknownFields === true || depth > maxDepth) return undefined;
  switch (schema.type) {
    case 'object': {
      if (!isObject(value))
        return schema.properties === undefined
          ? `cannot restore map from ${kindOf(value)}`
          : `cannot restore struct from: ${kindOf(value)}`;
      for (const [key, item] of Object.entries(value)) {
        const known = schema.properties === undefined ? schema.additionalProperties : schema.properties.get(key);
        const fault = item === undefined || known === undefined ? undefined : restoreFault(item, known, depth + 1, fieldType(schema, key));
        if (fault !== undefined) return fault;
      }
      return undefined;
    }
    case 'array': {
      if (!Array.isArray(value)) return `cannot restore slice from ${kindOf(value)}`;
      for (const item of value as readonly Json[]) {
        const fault = restoreFault(item, schema.items ?? {}, depth + 1);
        if (fault !== undefined) return fault;
      }
      return undefined;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'unrecognized type: bool';
    case 'integer':
    case 'number':
      return numberFault(value, goNames[schema.format ?? ''] ?? 'int64');
    case 'string':
      if (typeof value === 'string') return undefined;
      if (schema.format === 'time' || schema.format === 'micro-time')
        return `json: cannot unmarshal ${goValue(value)} into Go value of type string`;
      if (schema.format !== undefined) return undefined;
      return typeof value === 'number' && Number.isInteger(value)
        ? `cannot convert int64 to ${type ?? 'string'}`
        : 'unrecognized type: string';
    default:
      return undefined;
  }
}

/** Numbers that do not fit their type, as Go's conversion cuts them off: 99999999999 is the int32 1215752191. */
export function narrowed(value: Json, schema: Schema, depth = 0): Json {
  if (depth > maxDepth) return value;
  if (typeof value === 'number')
    return schema.format === 'int32' && Number.isSafeInteger(value) ? Number(BigInt.asIntN(32, BigInt(value))) : value;
  if (Array.isArray(value)) return value.map((item: Json) => narrowed(item, schema.items ?? {}, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const known = schema.properties === undefined ? schema.additionalProperties : schema.properties.get(key);
      return [key, item === undefined || known === undefined ? (item ?? null) : narrowed(item, known, depth + 1)];
    }),
  );
}

/** Only numbers can be converted to numbers, and whole ones to whole. */
function numberFault(value: Json, type: string): string | undefined {
  if (typeof value !== 'number') return `unrecognized type: ${type}`;
  return type === 'float64' || Number.isInteger(value) ? undefined : `cannot convert float64 to ${type}`;
}

/** The name of a field's own type. */
function fieldType({ definition, properties }: Schema, key: string): string | undefined {
  return properties === undefined ? undefined : goField(definition, key).type;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'slice';
  if (isObject(value)) return 'map';
  return goType(value);
}

function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

// What Go says of a value of the wrong type when objects are made of maps instead of text, as strategic merge patches are
// (k8s.io/apimachinery/pkg/runtime/converter.go, 1.36). Values with a form of their own, quantities and the like, are refused in the words of
// their JSON decoders, as elsewhere.

import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json } from '../../lib/json.ts';

const maxDepth = 200;
const goNames: Readonly<Record<string, string>> = { int32: 'int32', int64: 'int64', double: 'float64' };

/** The first value of a wrong type; undefined where none is, or where only its form is wrong. */
export function restoreFault(value: Json, schema: Schema, depth = 0): string | undefined {
  if (value === null || schema.preserveUnknownFields === true || depth > maxDepth) return undefined;
  switch (schema.type) {
    case 'object': {
      if (!isObject(value))
        return schema.properties === undefined
          ? `cannot restore map from ${kindOf(value)}`
          : `cannot restore struct from: ${kindOf(value)}`;
      for (const [key, item] of Object.entries(value)) {
        const known = schema.properties === undefined ? schema.additionalProperties : schema.properties.get(key);
        const fault = item === undefined || known === undefined ? undefined : restoreFault(item, known, depth + 1);
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
      return typeof value === 'boolean' ? undefined : `cannot convert ${goType(value)} to bool`;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `cannot convert ${goType(value)} to ${goNames[schema.format ?? ''] ?? 'int64'}`;
    case 'string':
      return schema.format !== undefined || typeof value === 'string' ? undefined : `cannot convert ${goType(value)} to string`;
    default:
      return undefined;
  }
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

// A value of a custom resource as its schema types it for CEL: numbers of type `number` become doubles, formats become durations,
// timestamps and bytes, property names are escaped, lists of type set and map get their equality. What does not fit the schema becomes an
// error that appears when an expression reads it.

import { asObject, field, isObject, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import { setListSemantics } from '../compare.ts';
import { parseDuration, parseTimestamp } from '../time.ts';
import { CelError, double, isInt, type Value } from '../value.ts';
import { escapeName, isReserved } from './escape.ts';
import { additional, isEmbedded, properties, withTypeAndMeta } from './schema.ts';

/** Beside JSON, integers beyond 2^53 may come as bigints. */
export type Data = Json | bigint;

export function adapt(schema: JsonObject, value: Data | undefined): Value {
  if (value === null || value === undefined)
    return field(schema, 'nullable') === true ? null : new CelError('invalid data, got null for schema with nullable=false');
  if (field(schema, 'x-kubernetes-int-or-string') === true)
    return typeof value === 'string' || isInt(value)
      ? value
      : new CelError('invalid data, expected XIntOrString value to be either a string or integer');
  switch (field(schema, 'type')) {
    case 'object':
      return isObject(value)
        ? adaptObject(schema, value)
        : new CelError('invalid data, expected a map for the provided schema with type=object');
    case 'array':
      return Array.isArray(value)
        ? adaptList(schema, value)
        : new CelError('invalid data, expected an array for the provided schema with type=array');
    case 'string':
      return typeof value === 'string' ? adaptText(schema, value) : new CelError(`invalid data, expected string, got ${goType(value)}`);
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
        ? double(Number(value))
        : new CelError(`invalid data, expected float, got ${goType(value)}`);
    case 'integer':
      return isInt(value) ? value : new CelError(`invalid data, expected int, got ${goType(value)}`);
    case 'boolean':
      return typeof value === 'boolean' ? value : new CelError(`invalid data, expected bool, got ${goType(value)}`);
    default:
      return field(schema, 'x-kubernetes-preserve-unknown-fields') === true
        ? (value as Value)
        : new CelError('invalid type, expected object, array, number, integer, boolean or string');
  }
}

/** The type that Go prints of a value. */
function goType(value: Data): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : isInt(value) ? 'int64' : 'float64';
}

function adaptObject(given: JsonObject, value: JsonObject): Value {
  const schema = isEmbedded(given) ? withTypeAndMeta(given) : given;
  const known = properties(schema);
  const rest = known === undefined ? additional(schema) : undefined;
  const object: Record<string, Value> = Object.create(null);
  for (const key of Object.keys(value)) {
    const part = known === undefined ? rest : field(known, key);
    // A field that is null counts as absent.
    if (known !== undefined && value[key] === null) continue;
    // Unknown fields cannot be named in expressions; they count in sizes and equality.
    if (part === undefined) object[key] = value[key] as Value;
    else object[known === undefined ? key : (escapeName(key) ?? key)] = adapt(asObject(part), value[key]);
    if (known !== undefined && isReserved(key)) alias(object, key);
  }
  return object;
}

/** A field that is named by a word of CEL is found under the word too, without counting twice. */
function alias(object: Record<string, Value>, word: string): void {
  Object.defineProperty(object, word, { value: object[`__${word}__`], enumerable: false });
}

function adaptList(schema: JsonObject, value: readonly Json[]): Value {
  const items = asObject(field(schema, 'items'));
  const list = value.map((item) => adapt(items, item));
  const kind = field(schema, 'x-kubernetes-list-type');
  if (kind === 'set') setListSemantics(list, { keys: 'set' });
  if (kind === 'map')
    setListSemantics(list, { keys: strings(field(schema, 'x-kubernetes-list-map-keys')).map((key) => escapeName(key) ?? key) });
  return list;
}

function adaptText(schema: JsonObject, value: string): Value {
  switch (field(schema, 'format')) {
    case 'duration':
      return parseDuration(value);
    case 'date':
      return parseTimestamp(`${value}T00:00:00Z`);
    case 'date-time':
      return parseTimestamp(value);
    case 'byte':
      return bytes(value);
    default:
      return value;
  }
}

function bytes(text: string): Value {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new CelError(`Invalid byte formatted string ${text}`);
  }
}

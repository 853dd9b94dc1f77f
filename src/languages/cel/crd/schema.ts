// A structural schema of a custom resource as CEL declares it (k8s.io/apiserver/pkg/cel/common/schemas.go): types, and the largest sizes
// that the schema or the request limit of 3 MiB allows. The schema is plain JSON; what has no type is not declared.

import { asList, asNumber, asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import type { SizeOf } from '../estimate/part.ts';
import type { Range } from '../range.ts';
import { listOf, mapTypeOf, objectType, type Type, types } from '../type.ts';
import { escapeName, isReserved } from './escape.ts';

export interface Declaration {
  readonly type: Type;
  /** Most characters or elements; 0 for what has no size. */
  readonly maxElements: number;
  /** Fewest bytes of the value as JSON. */
  readonly minSize: number;
  readonly element?: Declaration;
  readonly fields?: ReadonlyMap<string, Declaration>;
}

export const maxRequestBytes = 3 * 1024 * 1024;
const maxText = maxRequestBytes - 2;
const maxDepth = 100;

export function isEmbedded(schema: Json | undefined): boolean {
  return field(schema, 'x-kubernetes-embedded-resource') === true;
}

export function properties(schema: Json | undefined): JsonObject | undefined {
  const value = field(schema, 'properties');
  return isObject(value) ? value : undefined;
}

/** The schema of a map's values. */
export function additional(schema: Json | undefined): JsonObject | undefined {
  const value = field(schema, 'additionalProperties');
  return isObject(value) ? value : undefined;
}

/** The schema of a whole resource: its kind, version, name and generateName are always known. */
export function withTypeAndMeta(schema: JsonObject): JsonObject {
  const text = { type: 'string' };
  const known = ['kind', 'apiVersion'].every((name) => dig(schema, 'properties', name, 'type') === 'string');
  const meta = ['name', 'generateName'].every((name) => dig(schema, 'properties', 'metadata', 'properties', name, 'type') === 'string');
  if (known && meta && dig(schema, 'properties', 'metadata', 'type') === 'object') return schema;
  const metadata = { type: 'object', properties: { name: text, generateName: text } };
  return { ...schema, properties: { ...properties(schema), kind: text, apiVersion: text, metadata } };
}

/** Undefined where CEL does not see the value. `name` makes object types distinct. */
export function declare(given: JsonObject, isRoot: boolean, name = 'selfType', depth = 0): Declaration | undefined {
  if (depth > maxDepth) return undefined;
  if (field(given, 'x-kubernetes-int-or-string') === true) return { type: types.dyn, minSize: 1, maxElements: textLength(given, maxText) };
  const schema = isRoot ? withTypeAndMeta(given) : given;
  switch (field(schema, 'type')) {
    case 'array':
      return declareList(schema, name, depth);
    case 'object':
      return declareObject(schema, name, depth);
    case 'string':
      return declareText(schema);
    case 'boolean':
      return { type: types.bool, minSize: 4, maxElements: 0 };
    case 'number':
      return { type: types.double, minSize: 1, maxElements: 0 };
    case 'integer':
      return { type: types.int, minSize: 1, maxElements: 0 };
    default:
      return undefined;
  }
}

function declareList(schema: JsonObject, name: string, depth: number): Declaration | undefined {
  const items = field(schema, 'items');
  const element = isObject(items) ? declare(items, isEmbedded(items), `${name}.@idx`, depth + 1) : undefined;
  if (element === undefined) return undefined;
  const limit = asNumber(field(schema, 'maxItems'));
  return {
    type: listOf(element.type),
    minSize: 2,
    maxElements: limit === undefined ? Math.floor(maxText / (element.minSize + 1)) : Math.max(0, limit),
    element,
  };
}

function declareObject(schema: JsonObject, name: string, depth: number): Declaration | undefined {
  const values = additional(schema);
  if (values !== undefined) {
    const element = declare(values, isEmbedded(values), `${name}.@elem`, depth + 1);
    if (element === undefined) return undefined;
    const limit = asNumber(field(schema, 'maxProperties'));
    const maxElements = limit === undefined ? Math.floor(maxText / (element.minSize + 6)) : Math.max(0, limit);
    return { type: mapTypeOf(types.string, element.type), minSize: 2, maxElements, element };
  }
  const required = new Set(strings(field(schema, 'required')));
  const fields = new Map<string, Declaration>();
  let minSize = 2;
  for (const [property, value] of Object.entries(properties(schema) ?? {})) {
    const declared = declare(asObject(value), isEmbedded(value), `${name}.${property}`, depth + 1);
    if (declared === undefined) continue;
    const escaped = escapeName(property);
    if (escaped !== undefined) fields.set(escaped, declared);
    if (isReserved(property)) fields.set(property, declared);
    if (required.has(property) && field(value, 'default') === undefined) minSize += property.length + declared.minSize + 4;
  }
  const fieldTypes = new Map([...fields].map(([key, { type }]) => [key, type] as const));
  return { type: objectType(name, fieldTypes), minSize, maxElements: 0, fields };
}

function declareText(schema: JsonObject): Declaration {
  switch (field(schema, 'format')) {
    case 'byte': {
      const limit = asNumber(field(schema, 'maxLength'));
      return { type: types.bytes, minSize: 2, maxElements: limit === undefined ? maxText : Math.max(0, limit) };
    }
    case 'duration':
      return { type: types.duration, minSize: 3, maxElements: 32 };
    case 'date':
      return { type: types.timestamp, minSize: 12, maxElements: 12 };
    case 'date-time':
      return { type: types.timestamp, minSize: 21, maxElements: 32 };
    default: {
      const members = asList(field(schema, 'enum'));
      const longest = Math.max(0, ...members.map((member) => new TextEncoder().encode(asString(member) ?? '').length));
      return { type: types.string, minSize: 2, maxElements: textLength(schema, members.length > 0 ? longest : maxText) };
    }
  }
}

/** Four bytes for each character that may be there. */
function textLength(schema: JsonObject, otherwise: number): number {
  const limit = asNumber(field(schema, 'maxLength'));
  return limit === undefined ? otherwise : Math.max(0, limit) * 4;
}

/** Sizes of `self` and `oldSelf` for the estimate of a rule's cost. */
export function sizesOf(root: Declaration): SizeOf {
  return (path): Range | undefined => {
    if (path === undefined || path.length === 0) return undefined;
    let here: Declaration | undefined = root;
    for (const step of path.slice(1)) {
      if (step === '@items' || step === '@values') here = here.element;
      else if (step === '@keys') return here.element === undefined || here.type.kind !== 'map' ? undefined : { min: 0n, max: 0n };
      else here = here.fields?.get(step);
      if (here === undefined) return undefined;
    }
    return { min: 0n, max: BigInt(here.maxElements) };
  };
}

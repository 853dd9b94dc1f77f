// What messages and comparisons take a definition's schemas, rules and versions for: the API server's internal structs as JSON, every field by
// its Go name and in Go's order, null for what is nil (k8s.io/apiextensions-apiserver pkg/apis/apiextensions, 1.36).

import { isObject, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';

type Shape = 'text' | 'flag' | 'pointer' | 'list' | 'schema' | 'schemas' | 'schemaMap' | 'schemaOrList' | 'schemaOrFlag' | 'dependencies';
type Field = readonly [go: string, json: string, shape: Shape | ((value: Json | undefined) => Json)];

const maxDepth = 200;

const schemaFields: readonly Field[] = [
  ['ID', 'id', 'text'],
  ['Schema', '$schema', 'text'],
  ['Ref', '$ref', 'pointer'],
  ['Description', 'description', 'text'],
  ['Type', 'type', 'text'],
  ['Nullable', 'nullable', 'flag'],
  ['Format', 'format', 'text'],
  ['Title', 'title', 'text'],
  ['Default', 'default', 'pointer'],
  ['Maximum', 'maximum', 'pointer'],
  ['ExclusiveMaximum', 'exclusiveMaximum', 'flag'],
  ['Minimum', 'minimum', 'pointer'],
  ['ExclusiveMinimum', 'exclusiveMinimum', 'flag'],
  ['MaxLength', 'maxLength', 'pointer'],
  ['MinLength', 'minLength', 'pointer'],
  ['Pattern', 'pattern', 'text'],
  ['MaxItems', 'maxItems', 'pointer'],
  ['MinItems', 'minItems', 'pointer'],
  ['UniqueItems', 'uniqueItems', 'flag'],
  ['MultipleOf', 'multipleOf', 'pointer'],
  ['Enum', 'enum', 'list'],
  ['MaxProperties', 'maxProperties', 'pointer'],
  ['MinProperties', 'minProperties', 'pointer'],
  ['Required', 'required', 'list'],
  ['Items', 'items', 'schemaOrList'],
  ['AllOf', 'allOf', 'schemas'],
  ['OneOf', 'oneOf', 'schemas'],
  ['AnyOf', 'anyOf', 'schemas'],
  ['Not', 'not', 'schema'],
  ['Properties', 'properties', 'schemaMap'],
  ['AdditionalProperties', 'additionalProperties', 'schemaOrFlag'],
  ['PatternProperties', 'patternProperties', 'schemaMap'],
  ['Dependencies', 'dependencies', 'dependencies'],
  ['AdditionalItems', 'additionalItems', 'schemaOrFlag'],
  ['Definitions', 'definitions', 'schemaMap'],
  ['ExternalDocs', 'externalDocs', structOf('Description', 'URL')],
  ['Example', 'example', 'pointer'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', 'pointer'],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', 'flag'],
  ['XIntOrString', 'x-kubernetes-int-or-string', 'flag'],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', 'list'],
  ['XListType', 'x-kubernetes-list-type', 'pointer'],
  ['XMapType', 'x-kubernetes-map-type', 'pointer'],
  ['XValidations', 'x-kubernetes-validations', (rules) => (Array.isArray(rules) ? rules.map((rule: Json) => shownRule(rule)) : null)],
];

const columnFields: readonly Field[] = [
  ['Name', 'name', 'text'],
  ['Type', 'type', 'text'],
  ['Format', 'format', 'text'],
  ['Description', 'description', 'text'],
  ['Priority', 'priority', (value) => value ?? 0],
  ['JSONPath', 'jsonPath', 'text'],
];

const ruleFields: readonly Field[] = [
  ['Rule', 'rule', 'text'],
  ['Message', 'message', 'text'],
  ['MessageExpression', 'messageExpression', 'text'],
  ['Reason', 'reason', 'pointer'],
  ['FieldPath', 'fieldPath', 'text'],
  ['OptionalOldSelf', 'optionalOldSelf', 'pointer'],
];

const scaleFields: readonly Field[] = [
  ['SpecReplicasPath', 'specReplicasPath', 'text'],
  ['StatusReplicasPath', 'statusReplicasPath', 'text'],
  ['LabelSelectorPath', 'labelSelectorPath', 'pointer'],
];

const subresourceFields: readonly Field[] = [
  ['Status', 'status', (value) => (isObject(value) ? {} : null)],
  ['Scale', 'scale', (value) => (isObject(value) ? fieldsOf(value, scaleFields, 0) : null)],
];

const versionFields: readonly Field[] = [
  ['Name', 'name', 'text'],
  ['Served', 'served', 'flag'],
  ['Storage', 'storage', 'flag'],
  ['Deprecated', 'deprecated', 'flag'],
  ['DeprecationWarning', 'deprecationWarning', 'pointer'],
  ['Schema', 'schema', shownValidation],
  ['Subresources', 'subresources', shownSubresources],
  ['AdditionalPrinterColumns', 'additionalPrinterColumns', (value) => structs(value, columnFields)],
  ['SelectableFields', 'selectableFields', (value) => structs(value, [['JSONPath', 'jsonPath', 'text']])],
];

/** A JSONSchemaProps. */
export function shownSchema(schema: JsonObject, depth = 0): Json {
  return fieldsOf(schema, schemaFields, depth);
}

/** The Go names of the fields of a schema that are set. */
export function setFields(schema: JsonObject): readonly string[] {
  return schemaFields.flatMap(([go, json, shape]) => {
    const value = (Object.hasOwn(schema, json) ? schema[json] : undefined) ?? null;
    const isZero = value === null || (shape === 'text' && value === '') || (shape === 'flag' && value === false);
    return isZero ? [] : [go];
  });
}

/** A ValidationRule: `{"Rule":"true","Message":"",…}`. */
export function shownRule(rule: Json | undefined): Json {
  return fieldsOf(isObject(rule) ? rule : {}, ruleFields, 0);
}

/** The versions of a definition. */
export function shownVersions(versions: Json | undefined): Json {
  return structs(versions, versionFields);
}

/** Equality as the server compares structs: what is empty equals what is not there. */
export function sameVersionPart(
  part: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields',
  a: Json | undefined,
  b: Json | undefined,
): boolean {
  if (a === b) return true;
  if (isTooDeep(a) || isTooDeep(b)) return false;
  if (sameJson(a ?? null, b ?? null)) return true;
  const shown = (value: Json | undefined): Json => {
    const whole = fieldsOf({ [part]: value }, versionFields, 0);
    return withoutEmpty(whole);
  };
  return sameJson(shown(a), shown(b));
}

/** Beyond this nesting nothing is compared or shown: no schema of a person goes there. */
const maxNesting = 1000;

export function isTooDeep(value: Json | undefined): boolean {
  const open: [Json | undefined, number][] = [[value, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, depth] = next;
    if (typeof at !== 'object' || at === null) continue;
    if (depth > maxNesting) return true;
    for (const part of Object.values(at)) if (typeof part === 'object' && part !== null) open.push([part as Json, depth + 1]);
  }
  return false;
}

function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((item: Json) => withoutEmpty(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const kept = ([key, item]: [string, Json | undefined]): Json =>
    isEmpty(key, item) ? null : isValue.has(key) ? (item ?? null) : withoutEmpty(item ?? null);
  return Object.fromEntries(entries.map((entry) => [entry[0], kept(entry)]));
}

/** Fields that hold a user's value. */
const isValue = new Set(['Default', 'Example']);

/** Maps that are empty count as absent; structs that hold nothing and values do not. */
function isEmpty(key: string, item: Json | undefined): boolean {
  return key !== 'Status' && !isValue.has(key) && isObject(item) && Object.keys(item).length === 0;
}

function shownValidation(value: Json | undefined): Json {
  if (!isObject(value)) return null;
  return { OpenAPIV3Schema: isObject(value.openAPIV3Schema) ? shownSchema(value.openAPIV3Schema) : null };
}

function shownSubresources(value: Json | undefined): Json {
  return isObject(value) ? fieldsOf(value, subresourceFields, 0) : null;
}

function structs(value: Json | undefined, fields: readonly Field[]): Json {
  return Array.isArray(value) ? value.map((item: Json) => fieldsOf(isObject(item) ? item : {}, fields, 0)) : null;
}

function structOf(...names: readonly string[]): (value: Json | undefined) => Json {
  return (value) => {
    if (!isObject(value)) return null;
    return Object.fromEntries(names.map((name) => [name, value[name.toLowerCase()] ?? '']));
  };
}

function fieldsOf(value: JsonObject, fields: readonly Field[], depth: number): Json {
  const result: Record<string, Json> = {};
  for (const [go, json, shape] of fields) {
    const item = Object.hasOwn(value, json) ? value[json] : undefined;
    result[go] = typeof shape === 'function' ? shape(item) : shaped(item, shape, depth);
  }
  return result;
}

function shaped(value: Json | undefined, shape: Shape, depth: number): Json {
  const inner = (schema: Json | undefined): Json => (depth > maxDepth ? null : shownSchema(isObject(schema) ? schema : {}, depth + 1));
  switch (shape) {
    case 'text':
      return value ?? '';
    case 'flag':
      return value ?? false;
    case 'pointer':
    case 'list':
      return value ?? null;
    case 'schema':
      return isObject(value) ? inner(value) : null;
    case 'schemas':
      return Array.isArray(value) ? value.map((item: Json) => inner(item)) : null;
    case 'schemaMap':
      return isObject(value) ? mapOf(value, inner) : null;
    case 'schemaOrList': {
      if (value === undefined || value === null) return null;
      const list = Array.isArray(value) ? value.map((item: Json) => inner(item)) : null;
      return { Schema: isObject(value) ? inner(value) : null, JSONSchemas: list };
    }
    case 'schemaOrFlag':
      if (value === undefined || value === null) return null;
      return { Allows: isObject(value) || value === true, Schema: isObject(value) ? inner(value) : null };
    case 'dependencies':
      if (!isObject(value)) return null;
      return mapOf(value, (item) => ({ Schema: isObject(item) ? inner(item) : null, Property: Array.isArray(item) ? item : null }));
  }
}

function mapOf(map: JsonObject, shown: (value: Json | undefined) => Json): Json {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, shown(map[key])]),
  );
}

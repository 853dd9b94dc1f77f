// Structural schemas (KEP-1693): every field and list has a type of its own, and conditions (`anyOf`, `not`…) only narrow what is declared
// beside them (k8s.io/apiextensions-apiserver pkg/apiserver/schema/{convert,validation,complete}.go, 1.36). Errors come sorted by their text.

import { compileRegex } from '../../../languages/cel/regex.ts';
import { CelError } from '../../../languages/cel/value.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, fieldErrorBody, forbidden, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, object, objects, size, text } from '../read.ts';
import {
  embeddedResource,
  intOrString,
  isEmbedded,
  itemsOf,
  listMapKeys,
  listType,
  mapType,
  maxDepth,
  members,
  preserveUnknownFields,
  property,
  validations,
  valuesOf,
} from './schema-props.ts';

type Level = 'root' | 'item' | 'field';

/** Why a schema cannot be read as a structural one at all; undefined where it can. */
export function notStructural(schema: JsonObject, depth = 0): string | undefined {
  if (depth > maxDepth) return undefined;
  for (const key of ['id', '$schema', '$ref']) if (text(schema[key]) !== '') return unsupported(key === '$schema' ? 'schema' : key);
  for (const key of ['patternProperties', 'dependencies']) if (size(schema[key]) > 0) return unsupported(key);
  if (given(schema.additionalItems)) return unsupported('additionalItems');
  if (size(schema.definitions) > 0) return unsupported('definitions');
  const below = (part: JsonObject | undefined) => (part === undefined ? undefined : notStructural(part, depth + 1));
  const firstOf = (list: readonly JsonObject[]) => {
    for (const part of list) {
      const why = below(part);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  const conditions = [...optional(object(schema.not)), ...objects(schema.allOf), ...objects(schema.anyOf), ...objects(schema.oneOf)];
  const ofConditions = firstOf(conditions);
  if (ofConditions !== undefined) return ofConditions;
  if (schema[preserveUnknownFields] === false) return `internal error: '${preserveUnknownFields}' must be true or undefined`;
  if (Array.isArray(schema.items) && schema.items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  return firstOf([...optional(itemsOf(schema)), ...members(schema.properties).map(([, part]) => part), ...optional(valuesOf(schema))]);
}

function optional(schema: JsonObject | undefined): readonly JsonObject[] {
  return schema === undefined ? [] : [schema];
}

function unsupported(key: string): string {
  return `OpenAPIV3Schema '${key}' is not supported`;
}

/** What keeps a schema from being structural. */
export function structuralErrors(schema: JsonObject, path: Path): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateNode(schema, 'root', path, errors, 0);
  validateComplete(schema, schema, path, path, errors, 0);
  const words = errors.map((error) => [`${error.field}: ${fieldErrorBody(error)}`, error] as const);
  return words.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, error]) => error);
}

const absent = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
} as const satisfies Record<Level, string>;

function validateNode(schema: JsonObject, level: Level, path: Path, errors: FieldError[], depth: number): void {
  if (depth > maxDepth) return;
  const type = text(schema.type);
  const embedded = isEmbedded(schema);
  const items = itemsOf(schema);
  if (type === 'array' && items === undefined) errors.push(required(path.child('items'), 'must be specified'));
  if (items !== undefined) validateNode(items, 'item', path.child('items'), errors, depth + 1);
  for (const [name, part] of members(schema.properties)) validateNode(part, 'field', path.child('properties').key(name), errors, depth + 1);
  const additional = path.child('additionalProperties');
  if (given(schema.additionalProperties)) {
    if (level === 'root') errors.push(forbidden(additional, 'must not be used at the root'));
    const values = valuesOf(schema);
    if (values !== undefined) validateNode(values, 'field', additional, errors, depth + 1);
  }
  validateExtensions(schema, path, errors);
  validateConditions(schema, path, errors, isIntOrString(schema.anyOf), isIntOrString(objects(schema.allOf)[0]?.anyOf), depth);
  if (embedded && type !== 'object') {
    const why = `must be object if ${embeddedResource} is true`;
    errors.push(type === '' ? required(path.child('type'), why) : invalid(path.child('type'), type, why));
  } else if (type === '' && schema[intOrString] !== true && schema[preserveUnknownFields] !== true)
    errors.push(required(path.child('type'), absent[level]));
  if (embedded && given(schema.additionalProperties)) errors.push(forbidden(additional, `must not be used if ${embeddedResource} is set`));
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(path.child('type'), type, 'must be object at the root'));
  validateResource(schema, level, path, errors);
  if (embedded && schema[preserveUnknownFields] !== true && size(schema.properties) === 0) {
    const why = `must not be empty if ${embeddedResource} is true without ${preserveUnknownFields}`;
    errors.push(required(path.child('properties'), why));
  }
}

/** Type and metadata of a resource: texts, and an object of which the root may restrict the name alone. */
function validateResource(schema: JsonObject, level: Level, path: Path, errors: FieldError[]): void {
  const isResource = level === 'root' || isEmbedded(schema);
  for (const name of ['kind', 'apiVersion']) {
    const part = property(schema, name);
    if (isResource && part !== undefined && text(part.type) !== 'string')
      errors.push(invalid(path.child('properties').key(name).child('type'), text(part.type), 'must be string'));
  }
  const metadata = property(schema, 'metadata');
  if (metadata === undefined) return;
  const at = path.child('properties').key('metadata');
  if (isResource && text(metadata.type) !== 'object') errors.push(invalid(at.child('type'), text(metadata.type), 'must be object'));
  if (level !== 'root') return;
  const { type: _type, default: _default, properties, ...rest } = metadata;
  const onlyNames = members(properties).every(([name]) => name === 'name' || name === 'generateName');
  if (!onlyNames || saysAnything(rest)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbidden(at, why));
  }
}

const texts = new Set(['description', 'title', 'format', 'pattern', 'type']);
const flags = new Set([
  'nullable',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'uniqueItems',
  embeddedResource,
  intOrString,
  preserveUnknownFields,
]);
const lists = new Set(['enum', 'allOf', 'anyOf', 'oneOf']);
const unread = new Set(['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'definitions']);

/** True where any field of the schema is set. */
function saysAnything(schema: JsonObject): boolean {
  return Object.entries(schema).some(([key, value]) => {
    if (!given(value) || unread.has(key)) return false;
    if (texts.has(key)) return value !== '';
    if (flags.has(key)) return value === true;
    return lists.has(key) ? size(value) > 0 : true;
  });
}

/** `anyOf: [{type: integer}, {type: string}]`, to the letter. */
function isIntOrString(anyOf: unknown): boolean {
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return false;
  return ['integer', 'string'].every((wanted, index) => {
    const { type, additionalProperties, ...rest } = object(anyOf[index]) ?? {};
    return type === wanted && !saysAnything(rest) && (!given(additionalProperties) || additionalProperties === false);
  });
}

function validateExtensions(schema: JsonObject, path: Path, errors: FieldError[]): void {
  if (schema[intOrString] !== true) return;
  for (const key of [preserveUnknownFields, embeddedResource])
    if (schema[key] === true) errors.push(invalid(path.child(key), true, `must be false if ${intOrString} is true`));
}

function validateConditions(
  schema: JsonObject,
  path: Path,
  errors: FieldError[],
  skipAnyOf: boolean,
  skipAnyOfInFirst: boolean,
  depth: number,
): void {
  const anyOf = skipAnyOf ? [] : objects(schema.anyOf);
  for (const [index, part] of anyOf.entries()) validateNested(part, path.child('anyOf').index(index), errors, false, depth + 1);
  for (const [index, part] of objects(schema.allOf).entries())
    validateNested(part, path.child('allOf').index(index), errors, skipAnyOfInFirst && index === 0, depth + 1);
  for (const [index, part] of objects(schema.oneOf).entries())
    validateNested(part, path.child('oneOf').index(index), errors, false, depth + 1);
  const not = object(schema.not);
  if (not !== undefined) validateNested(not, path.child('not'), errors, false, depth + 1);
  const pattern = text(schema.pattern);
  if (pattern === '') return;
  const compiled = compileRegex(pattern);
  if (compiled instanceof CelError)
    errors.push(invalid(path.child('pattern'), pattern, `must be a valid regular expression, but isn't: ${compiled.message}`));
}

/** What a condition may not say, in the server's words. */
const forbiddenInConditions: readonly (readonly [key: string, isSet: (schema: JsonObject) => boolean, word: string])[] = [
  ['type', ({ type }) => text(type) !== '', 'empty'],
  ['additionalProperties', ({ additionalProperties: each }) => given(each) && each !== false, 'undefined'],
  ['default', (schema) => given(schema.default), 'undefined'],
  ['title', ({ title }) => text(title) !== '', 'empty'],
  ['description', ({ description }) => text(description) !== '', 'empty'],
  ['nullable', ({ nullable }) => nullable === true, 'false'],
  [preserveUnknownFields, (schema) => schema[preserveUnknownFields] === true, 'false'],
  [embeddedResource, isEmbedded, 'false'],
  [intOrString, (schema) => schema[intOrString] === true, 'false'],
  [listMapKeys, (schema) => size(schema[listMapKeys]) > 0, 'empty'],
  [listType, (schema) => given(schema[listType]), 'undefined'],
  [mapType, (schema) => given(schema[mapType]), 'undefined'],
  [validations, (schema) => size(schema[validations]) > 0, 'empty'],
];

function validateNested(schema: JsonObject, path: Path, errors: FieldError[], skipAnyOf: boolean, depth: number): void {
  if (depth > maxDepth) return;
  validateConditions(schema, path, errors, skipAnyOf, false, depth);
  const items = itemsOf(schema);
  if (items !== undefined) validateNested(items, path.child('items'), errors, false, depth + 1);
  for (const [name, part] of members(schema.properties)) validateNested(part, path.child('properties').key(name), errors, false, depth + 1);
  for (const [key, isSet, word] of forbiddenInConditions)
    if (isSet(schema)) errors.push(forbidden(path.child(key), `must be ${word} to be structural`));
  if (property(schema, 'metadata') !== undefined)
    errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
}

/** Whatever a condition speaks of must be declared: `at` is the declared place, `path` the condition's. */
function validateComplete(
  condition: JsonObject,
  declared: JsonObject | undefined,
  at: Path,
  path: Path,
  errors: FieldError[],
  depth: number,
): void {
  if (depth > maxDepth) return;
  const nested = (part: JsonObject, where: Path) => validateNestedComplete(part, declared, at, where, errors, depth + 1);
  const not = object(condition.not);
  if (not !== undefined) nested(not, path.child('not'));
  for (const key of ['allOf', 'anyOf', 'oneOf'])
    for (const [index, part] of objects(condition[key]).entries()) nested(part, path.child(key).index(index));
}

function validateNestedComplete(
  condition: JsonObject,
  declared: JsonObject | undefined,
  at: Path,
  path: Path,
  errors: FieldError[],
  depth: number,
): void {
  if (depth > maxDepth) return;
  const missing = (where: Path, by: Path) => errors.push(required(where, `because it is defined in ${by}`));
  if (declared === undefined) {
    missing(at, path);
    return;
  }
  validateComplete(condition, declared, at, path, errors, depth);
  const items = itemsOf(condition);
  if (items !== undefined) validateNestedComplete(items, itemsOf(declared), at.child('items'), path.child('items'), errors, depth + 1);
  for (const [name, part] of members(condition.properties)) {
    const known = property(declared, name);
    const there = at.child('properties').key(name);
    const here = path.child('properties').key(name);
    if (known === undefined) missing(there, here);
    else validateNestedComplete(part, known, there, here, errors, depth + 1);
  }
}

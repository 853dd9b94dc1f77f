// Defaults within a schema: each must be what the schema at its place takes, without unknown fields; within the metadata of an embedded
// resource it must make valid metadata (k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting, 1.36).

import { pruneUnknown } from '../../../kube/schema/complete.ts';
import type { Schema } from '../../../kube/schema/schema.ts';
import { structuralSchema } from '../../../kube/schema/structural.ts';
import { runtimeBudget } from '../../../languages/cel/cost.ts';
import { compileSchema, validate } from '../../../languages/cel/crd/validate.ts';
import type { Environment } from '../../../languages/cel/environment.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { embeddedErrors } from '../../custom/embedded.ts';
import { schemaErrors, typeName } from '../../custom/values.ts';
import { heldAgainst } from '../../decode/typed.ts';
import { type FieldError, fieldErrorBody, invalid, shownValue, typeInvalid } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, object, text } from '../read.ts';
import {
  embeddedResource,
  hasDefault,
  intOrString,
  isEmbedded,
  itemsOf,
  maxDepth,
  members,
  property,
  schemaTypes,
  someSchema,
  validations,
  valuesOf,
} from './schema-props.ts';
import { isTooDeep } from './shown.ts';

/** A value at its place within a resource. */
type Surround = (value: Json) => JsonObject;

export interface DefaultOptions {
  /** A default may not have fields that the schema does not know. */
  readonly prunedDefaults: boolean;
  readonly rules: { readonly stored: Environment };
  /** The schema of ObjectMeta, where it is known. */
  readonly metadata: Schema | undefined;
}

interface Run {
  readonly prunedDefaults: boolean;
  readonly metadata: Schema | undefined;
  readonly environment: Environment;
  readonly errors: FieldError[];
  budget: number;
}

/** Errors of the defaults of a version's schema. */
export function defaultErrors(schema: JsonObject, path: Path, { prunedDefaults, rules, metadata }: DefaultOptions): readonly FieldError[] {
  if (!someSchema(schema, hasDefault)) return [];
  const run: Run = { prunedDefaults, environment: rules.stored, metadata, errors: [], budget: runtimeBudget };
  const root: JsonObject = { ...schema, [embeddedResource]: true };
  visit(root, root, path, asResource, false, run, 0);
  return run.errors;
}

function asResource(value: Json): JsonObject {
  const inner = object(value) ?? {};
  return { ...inner, kind: inner.kind ?? 'Validation', apiVersion: inner.apiVersion ?? 'validation/v1' };
}

function visit(schema: JsonObject, given: JsonObject, path: Path, around: Surround, insideMeta: boolean, run: Run, depth: number): void {
  if (depth > maxDepth || run.budget < 0) return;
  const embedded = isEmbedded(schema);
  const root = embedded ? schema : given;
  const surround = embedded ? asResource : around;
  const inside = insideMeta && !embedded;
  checkDefault(schema, root, path.child('default'), surround, inside, run);
  const items = itemsOf(schema);
  if (items !== undefined) visit(items, root, path.child('items'), (value) => surround([value]), inside, run, depth + 1);
  for (const [name, part] of members(schema.properties)) {
    const isMeta = embedded && (name === 'metadata' || name === 'apiVersion' || name === 'kind');
    const placed: Surround = (value) => surround({ [name]: value });
    visit(part, root, path.child('properties').key(name), placed, inside || isMeta, run, depth + 1);
  }
}

function checkDefault(schema: JsonObject, root: JsonObject, at: Path, surround: Surround, insideMeta: boolean, run: Run): void {
  const value = schema.default;
  if (value === undefined || !given(value) || isTooDeep(value)) return;
  const known = structuralSchema(withoutIntOrString(schema) as JsonObject);
  if (insideMeta) {
    const whole = surround(value);
    const found = malformed(whole, root, 'x', run) ?? embeddedErrors(whole, structuralSchema(root), 'x');
    if (found.length > 0) {
      const words = [...new Set(found.map((error) => `${error.field.replace(/^x\./, '')}: ${fieldErrorBody(error)}`))];
      const all = words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`;
      run.errors.push(invalid(at, value, `must result in valid metadata: ${all}`));
      return;
    }
  } else {
    if (run.prunedDefaults && hasUnknownFields(value, schema)) run.errors.push(invalid(at, sorted(value), 'must not have unknown fields'));
    const found = malformed(value, schema, String(at), run) ?? embeddedErrors(value, known, String(at));
    run.errors.push(...found);
    if (found.length > 0) return;
  }
  const ofSchema = [...wrongTypes(value, schema, ''), ...schemaErrors(value, known)];
  for (const error of ofSchema) run.errors.push({ ...error, field: error.field === '<nil>' ? String(at) : `${at}.${error.field}` });
  if (ofSchema.length === 0) checkRules(schema, value, at, run);
}

/** The first part of an embedded resource that does not decode as what it is. */
function malformed(value: Json, schema: JsonObject, path: string, run: Run, depth = 0): readonly FieldError[] | undefined {
  if (depth > maxDepth || run.metadata === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items === undefined
      ? undefined
      : firstOf(
          value.map((item: Json, index) => [item, items, `${path}[${index}]`] as const),
          run,
          depth,
        );
  }
  const map = object(value);
  if (map === undefined) return undefined;
  if (isEmbedded(schema)) {
    for (const key of ['apiVersion', 'kind'])
      if (map[key] !== undefined && typeof map[key] !== 'string') return [invalid(`${path}.${key}`, map[key], 'must be a string')];
    const why = map.metadata === undefined ? undefined : heldAgainst(map.metadata, run.metadata).error;
    if (why !== undefined) return [invalid(`${path}.metadata`, map.metadata, why)];
  }
  const parts = Object.entries(map).flatMap(([key, item]) => {
    const known = property(schema, key);
    const part = known ?? valuesOf(schema);
    return part === undefined ? [] : [[item ?? null, part, known === undefined ? `${path}[${key}]` : `${path}.${key}`] as const];
  });
  return firstOf(parts, run, depth);
}

function firstOf(parts: readonly (readonly [Json, JsonObject, string])[], run: Run, depth: number): readonly FieldError[] | undefined {
  for (const [value, schema, path] of parts) {
    const found = malformed(value, schema, path, run, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The server forgets about `x-kubernetes-int-or-string` where it looks at defaults: what the schema says beside it must do. */
function withoutIntOrString(schema: Json, depth = 0): Json {
  if (depth > 2 * maxDepth) return schema;
  if (Array.isArray(schema)) return schema.map((item: Json) => withoutIntOrString(item, depth + 1));
  const map = object(schema);
  if (map === undefined) return schema;
  const kept = Object.entries(map).filter(([key]) => key !== intOrString);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutIntOrString(item ?? null, depth + 1)]));
}

/** No value is of a type that there is not. */
function wrongTypes(value: Json, schema: JsonObject, path: string, depth = 0): readonly FieldError[] {
  if (depth > maxDepth) return [];
  const type = text(schema.type);
  const errors: FieldError[] = [];
  if (type !== '' && !schemaTypes.includes(type)) {
    const name = typeName(value);
    errors.push(typeInvalid(path === '' ? '<nil>' : path, name, `${path} in body must be of type ${type}: ${JSON.stringify(name)}`));
  }
  const items = itemsOf(schema);
  if (Array.isArray(value) && items !== undefined)
    for (const [index, item] of (value as readonly Json[]).entries())
      errors.push(...wrongTypes(item, items, `${path}[${index}]`, depth + 1));
  for (const [key, item] of Object.entries(object(value) ?? {})) {
    const part = property(schema, key) ?? valuesOf(schema);
    if (part !== undefined) errors.push(...wrongTypes(item ?? null, part, path === '' ? key : `${path}.${key}`, depth + 1));
  }
  return errors;
}

/** The rules of the schema hold for a default that replaces itself, and for one that is new. */
function checkRules(schema: JsonObject, value: Json, at: Path, run: Run): void {
  if (!someSchema(schema, (each) => given(each[validations]))) return;
  const validator = compileSchema(schema, isEmbedded(schema), run.environment);
  if (validator === undefined) return;
  const input = { value, path: String(at), budget: run.budget };
  const asUpdate = validate(validator, { ...input, old: value });
  const judged = asUpdate.errors.length > 0 ? [asUpdate] : [asUpdate, validate(validator, input)];
  for (const { errors } of judged)
    for (const { type, field, value: bad, detail } of errors) {
      const shown = type === 'FieldValueInvalid' || type === 'FieldValueDuplicate' ? bad : undefined;
      const said = type === 'FieldValueDuplicate' ? '' : detail;
      run.errors.push({
        type,
        field,
        detail: said,
        ...(shown === undefined ? {} : { value: typeof shown === 'bigint' ? String(shown) : shownValue(shown) }),
      });
    }
  run.budget = Math.min(...judged.map(({ remaining }) => remaining));
}

/** True where the schema does not know a field of its default. */
export function hasUnknownFields(value: Json, schema: JsonObject): boolean {
  const { default: _own, ...bare } = schema;
  return pruneUnknown({ x: value }, structuralSchema({ type: 'object', properties: { x: bare } })).dropped.length > 0;
}

/** Maps as Go writes them: by key. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  const map = object(value);
  if (map === undefined) return value;
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, sorted(map[key] ?? null)]),
  );
}

// Defaults within a schema: each must be what the schema at its place takes, without unknown fields; within the metadata of an embedded
// resource it must make valid metadata (k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting, 1.36). Metadata that does not decode
// as such is not looked at.

import { pruneUnknown } from '../../../kube/schema/complete.ts';
import { structuralSchema } from '../../../kube/schema/structural.ts';
import { runtimeBudget } from '../../../languages/cel/cost.ts';
import { compileSchema, validate } from '../../../languages/cel/crd/validate.ts';
import type { Environment } from '../../../languages/cel/environment.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { embeddedErrors } from '../../custom/embedded.ts';
import { schemaErrors } from '../../custom/values.ts';
import { type FieldError, fieldErrorBody, invalid, shownValue } from '../../field-error.ts';
import type { Path } from '../../path.ts';
import { given, object } from '../read.ts';
import { embeddedResource, hasDefault, isEmbedded, itemsOf, maxDepth, members, someSchema, validations } from './schema-props.ts';

/** A value at its place within a resource. */
type Surround = (value: Json) => JsonObject;

interface Run {
  readonly prunedOnly: boolean;
  readonly environment: Environment;
  readonly errors: FieldError[];
  budget: number;
}

/** Errors of the defaults of a version's schema. `prunedOnly`: a default may not have fields that the schema does not know. */
export function defaultErrors(schema: JsonObject, path: Path, prunedOnly: boolean, environment: Environment): readonly FieldError[] {
  if (!someSchema(schema, hasDefault)) return [];
  const run: Run = { prunedOnly, environment, errors: [], budget: runtimeBudget };
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
  if (value === undefined || !given(value)) return;
  const known = structuralSchema(schema);
  if (insideMeta) {
    const found = embeddedErrors(surround(value), structuralSchema({ ...root, [embeddedResource]: true }), 'x');
    if (found.length > 0) {
      const words = [...new Set(found.map((error) => `${error.field.replace(/^x\./, '')}: ${fieldErrorBody(error)}`))];
      const all = words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`;
      run.errors.push(invalid(at, value, `must result in valid metadata: ${all}`));
      return;
    }
  } else {
    if (run.prunedOnly && hasUnknownFields(value, schema)) run.errors.push(invalid(at, sorted(value), 'must not have unknown fields'));
    const found = embeddedErrors(value, known, String(at));
    run.errors.push(...found);
    if (found.length > 0) return;
  }
  const ofSchema = schemaErrors(value, known);
  for (const error of ofSchema) run.errors.push({ ...error, field: error.field === '<nil>' ? String(at) : `${at}.${error.field}` });
  if (ofSchema.length === 0) checkRules(schema, value, at, run);
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

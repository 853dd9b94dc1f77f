// The walk over `openAPIV3Schema`: what CustomResourceDefinitions leave out of OpenAPI, what their extensions ask for, and the rules, which are
// compiled where the schema is sound (k8s.io/apiextensions-apiserver validation/validation.go, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, object, objects, size, text } from '../read.ts';
import { type ListOptions, validateListTypes } from './list-types.ts';
import { childContext, type RuleContext } from './rule-context.ts';
import { type RuleOptions, validateRuleForm, validateRules } from './rules.ts';
import {
  embeddedResource,
  isEmbedded,
  itemSchemas,
  itemsOf,
  listType,
  mapType,
  maxDepth,
  members,
  preserveUnknownFields,
  schemaTypes,
  validations,
  valuesOf,
} from './schema-props.ts';

const metaFields = new Set(['metadata', 'kind', 'apiVersion']);

export interface SchemaOptions extends ListOptions {
  readonly knownTypes: boolean;
  readonly rules: RuleOptions;
}

/** Errors of the schema and of its rules: the server names the latter last. */
export interface Findings {
  readonly ofSchema: FieldError[];
  readonly ofRules: FieldError[];
}

/** What the places above say of a schema. */
interface Standing {
  /** Why no default may stand here. */
  readonly noDefaults: string | undefined;
  readonly insideMeta: boolean;
  /** The first place above whose old and new values cannot be told apart. */
  readonly uncorrelatable: Path | undefined;
}

/** Judges the schema of a version; without a context, rules are not compiled. */
export function validateOpenApiSchema(schema: JsonObject, path: Path, options: SchemaOptions, context: RuleContext | undefined): Findings {
  const found: Findings = { ofSchema: [], ofRules: [] };
  const standing: Standing = { noDefaults: undefined, insideMeta: false, uncorrelatable: undefined };
  visit(schema, path, standing, options, context, found, 0);
  return found;
}

function visit(
  schema: JsonObject | undefined,
  path: Path,
  standing: Standing,
  options: SchemaOptions,
  context: RuleContext | undefined,
  found: Findings,
  depth: number,
): void {
  if (schema === undefined || depth > maxDepth) return;
  const { ofSchema: errors } = found;
  const before = errors.length;
  validateForbidden(schema, path, standing, options, errors);
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(path.child('uniqueItems'), why));
  }
  const below = (part: JsonObject | undefined, at: Path, under: Standing, within?: RuleContext) =>
    visit(part, at, under, options, within, found, depth + 1);
  visitFields(schema, path, standing, context, errors, depth === 0, below);
  for (const key of ['not', 'allOf', 'oneOf', 'anyOf'])
    if (key === 'not') below(object(schema.not), path.child(key), standing);
    else for (const [index, part] of objects(schema[key]).entries()) below(part, path.child(key).index(index), standing);
  for (const [name, part] of members(schema.definitions)) below(part, path.child('definitions').key(name), standing);
  visitItems(schema, path, standing, context, below);
  for (const [name, part] of Object.entries(object(schema.dependencies) ?? {}))
    below(object(part), path.child('dependencies').key(name), standing);
  if (schema[preserveUnknownFields] === false) errors.push(invalid(path.child(preserveUnknownFields), false, 'must be true or undefined'));
  validateListTypes(schema, path, options, errors);
  if (size(schema[validations]) === 0) return;
  validateRuleForm(schema, path, errors);
  if (errors.length === before && context !== undefined)
    validateRules(schema, path, context, options.rules, standing.uncorrelatable, found.ofRules);
}

type Below = (part: JsonObject | undefined, at: Path, under: Standing, within?: RuleContext) => void;

function visitFields(
  schema: JsonObject,
  path: Path,
  standing: Standing,
  context: RuleContext | undefined,
  errors: FieldError[],
  isRoot: boolean,
  below: Below,
): void {
  if (given(schema.additionalProperties)) {
    const at = path.child('additionalProperties');
    const values = valuesOf(schema);
    if (size(schema.properties) > 0 && (schema.additionalProperties === false || values !== undefined))
      errors.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'));
    const why = 'inside additionalProperties applying to object metadata';
    const under = standing.insideMeta ? { ...standing, noDefaults: why } : standing;
    below(values, at, under, childContext(context, values, 'values'));
  }
  const isKnown = !given(schema[mapType]) || schema[mapType] === 'granular' || schema[mapType] === 'atomic';
  const inFields = isKnown ? standing : uncorrelated(standing, path);
  for (const [name, part] of members(schema.properties)) {
    const isMeta = (isRoot || isEmbedded(schema)) && metaFields.has(name);
    const under: Standing = isMeta
      ? { ...inFields, insideMeta: true, ...(isRoot ? { noDefaults: `in top-level ${name}` } : {}) }
      : inFields;
    below(part, path.child('properties').key(name), under, childContext(context, part, { property: name }));
  }
}

function visitItems(schema: JsonObject, path: Path, standing: Standing, context: RuleContext | undefined, below: Below): void {
  if (!given(schema.items)) return;
  const under = schema[listType] === 'map' ? standing : uncorrelated(standing, path);
  const items = itemsOf(schema);
  below(items, path.child('items'), under, childContext(context, items, 'items'));
  for (const [index, part] of itemSchemas(schema).entries())
    below(part, path.child('items').index(index), under, childContext(context, part, 'items'));
}

function uncorrelated(standing: Standing, path: Path): Standing {
  return standing.uncorrelatable === undefined ? { ...standing, uncorrelatable: path } : standing;
}

/** What OpenAPI has and definitions may not use. */
function validateForbidden(schema: JsonObject, path: Path, standing: Standing, options: SchemaOptions, errors: FieldError[]): void {
  const type = text(schema.type);
  if (options.knownTypes && type !== '' && !schemaTypes.includes(type)) errors.push(notSupported(path.child('type'), type, schemaTypes));
  if (given(schema.default) && standing.noDefaults !== undefined)
    errors.push(forbidden(path.child('default'), `must not be set ${standing.noDefaults}`));
  const refuse = (key: string) => errors.push(forbidden(path.child(key), `${key} is not supported`));
  if (text(schema.id) !== '') refuse('id');
  if (given(schema.additionalItems)) refuse('additionalItems');
  if (size(schema.patternProperties) > 0) refuse('patternProperties');
  if (size(schema.definitions) > 0) refuse('definitions');
  if (given(schema.dependencies)) refuse('dependencies');
  if (given(schema.$ref)) refuse('$ref');
  if (type === 'null') errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (itemSchemas(schema).length > 0) errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (standing.insideMeta && isEmbedded(schema))
    errors.push(forbidden(path.child(embeddedResource), 'must not be used inside of resource meta'));
}

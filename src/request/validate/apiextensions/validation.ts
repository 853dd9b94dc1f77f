// The schema of a version, or of all versions: what the status subresource leaves of it, its structure, its defaults, its fields and rules,
// and what the rules cost together (k8s.io/apiextensions-apiserver validation/validation.go, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid } from '../../fields/error.ts';
import { goList } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { text } from '../read.ts';
import { type DefaultOptions, defaultErrors } from './defaults.ts';
import { openApiSchema } from './definition.ts';
import { type SchemaOptions, validateOpenApiSchema } from './open-api-schema.ts';
import { costComplaint, type RuleContext, rootContext, schemaCostLimit } from './rule-context.ts';
import type { RuleOptions } from './rules.ts';
import { validations } from './schema-props.ts';
import { setFields, shownSchema } from './shown.ts';
import { notStructural, structuralErrors } from './structural.ts';

export interface VersionOptions extends SchemaOptions, DefaultOptions {
  readonly structural: boolean;
  readonly rules: RuleOptions;
}

/** Fields that the root may have beside a status subresource, in the server's order. */
const besideStatus = [
  'Description',
  'Type',
  'Format',
  'Title',
  'Maximum',
  'ExclusiveMaximum',
  'Minimum',
  'ExclusiveMinimum',
  'MaxLength',
  'MinLength',
  'Pattern',
  'MaxItems',
  'MinItems',
  'UniqueItems',
  'MultipleOf',
  'Required',
  'Items',
  'Properties',
  'ExternalDocs',
  'Example',
  'XPreserveUnknownFields',
  'XValidations',
];

export function validateValidation(
  validation: JsonObject | undefined,
  withStatus: boolean,
  options: VersionOptions,
  path: Path,
  errors: FieldError[],
): void {
  const schema = openApiSchema(validation);
  if (schema === undefined) return;
  const at = path.child('openAPIV3Schema');
  const before = errors.length;
  if (withStatus) validateRoot(schema, at, errors);
  if (schema.nullable === true) errors.push(forbidden(at.child('nullable'), 'nullable cannot be true at the root'));
  const unreadable = options.structural ? notStructural(schema) : undefined;
  const context = options.structural && unreadable === undefined ? soundContext(schema, at, options, errors) : undefined;
  const { ofSchema, ofRules } = validateOpenApiSchema(schema, at, options, context);
  errors.push(...ofSchema, ...ofRules);
  if (errors.length === before && unreadable !== undefined) errors.push(invalid(at, '', unreadable));
  if (context !== undefined) validateTotal(context, at, errors);
}

/** The context of rules, where the schema is structural and its defaults hold. */
function soundContext(schema: JsonObject, at: Path, options: VersionOptions, errors: FieldError[]): RuleContext | undefined {
  const structural = structuralErrors(schema, at);
  const found = structural.length > 0 ? structural : defaultErrors(schema, at, options);
  errors.push(...found);
  return found.length === 0 ? rootContext(schema) : undefined;
}

/** Status is validated by its own part of the schema, so the root may say nothing that goes beyond its fields. */
function validateRoot(schema: JsonObject, at: Path, errors: FieldError[]): void {
  for (const name of setFields(schema)) {
    if (name === 'Type') {
      const type = text(schema.type);
      if (type === 'object') continue;
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      errors.push(invalid(at.child('type'), type, why));
      return;
    }
    if (besideStatus.includes(name)) continue;
    const why = `only ${goList(besideStatus)} fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.push(invalid(at, shownSchema(schema), why));
    return;
  }
}

function validateTotal({ total }: RuleContext, at: Path, errors: FieldError[]): void {
  if (total.total <= schemaCostLimit) return;
  for (const { path } of total.dearest)
    errors.push(forbidden(path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'));
  const name = `${validations} estimated rule cost total for entire OpenAPIv3 schema`;
  errors.push(forbidden(at, costComplaint(name, total.total, schemaCostLimit)));
}

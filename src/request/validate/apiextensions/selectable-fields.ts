// Fields by which objects can be selected (KEP-4358): at most eight, each a text, number or flag outside the metadata
// (k8s.io/apiextensions-apiserver validation/validation.go, 1.36).

import { readFieldPath } from '../../../languages/cel/crd/field-path.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { failure } from '../../../lib/result.ts';
import { duplicate, type FieldError, invalid, required, tooMany } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { text } from '../read.ts';
import { property, valuesOf } from './schema-props.ts';

export const maxSelectableFields = 8;
const selectable = ['string', 'boolean', 'integer'];

export function validateSelectableFields(
  fields: readonly JsonObject[],
  schema: JsonObject,
  mayBeTooMany: boolean,
  path: Path,
  errors: FieldError[],
): void {
  const seen = new Set<string>();
  for (const [index, each] of fields.entries()) {
    const at = path.index(index).child('jsonPath');
    const written = text(each.jsonPath);
    if (written === '') {
      errors.push(required(at));
      continue;
    }
    const place = written.includes('[') ? withBrackets(written, schema) : readFieldPath(written, schema);
    if (!place.ok) {
      errors.push(invalid(at, written, `is an invalid path: ${place.problem}`));
      continue;
    }
    const names = place.value;
    if (names[0]?.name === 'metadata') errors.push(invalid(at, written, 'must not point to fields in metadata'));
    let found: JsonObject | undefined = schema;
    for (const { name, isKey } of names) found = found === undefined ? undefined : isKey ? valuesOf(found) : property(found, name);
    const why = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
    if (found === undefined || !selectable.includes(text(found.type))) errors.push(invalid(at, written, why));
    const normal = names.map(({ name, isKey }) => (isKey ? `[${name}]` : `.${name}`)).join('');
    if (seen.has(normal)) errors.push(duplicate(at, written));
    seen.add(normal);
  }
  if (seen.size > maxSelectableFields && !mayBeTooMany) errors.push(tooMany(path, seen.size, maxSelectableFields));
}

/** Brackets are read up to the first of them: what is wrong before it is said first. */
function withBrackets(written: string, schema: JsonObject): ReturnType<typeof readFieldPath> {
  const before = readFieldPath(written.slice(0, written.indexOf('[')), schema);
  return before.ok ? failure('array notation is not allowed') : before;
}

// What a version has beside its schema: a word of deprecation, subresources and columns (k8s.io/apiextensions-apiserver validation/validation.go,
// 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { byteLength, given, object, text } from '../read.ts';

const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

export function validateDeprecation(version: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(version.deprecationWarning)) return;
  const warning = text(version.deprecationWarning);
  const refuse = (why: string) => errors.push(invalid(path.child('deprecationWarning'), warning, why));
  if (version.deprecated !== true) {
    refuse('can only be set for deprecated versions');
    return;
  }
  if (byteLength(warning) > 256) refuse('must be <= 256 characters long');
  if (warning === '') refuse('must not be an empty string');
  const odd = unprintable.exec(warning);
  if (odd === null) return;
  const at = byteLength(warning.slice(0, odd.index));
  refuse(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`);
}

export function validateSubresources(subresources: JsonObject | undefined, path: Path, errors: FieldError[]): void {
  const scale = object(subresources?.scale);
  if (scale === undefined) return;
  const check = (key: string, roots: readonly string[], words: string) => {
    const written = text(scale[key]);
    const at = path.child(`scale.${key}`);
    const complaint = pathComplaint(written);
    if (complaint !== undefined) errors.push(invalid(at, written, complaint));
    else if (!roots.some((each) => written.startsWith(each))) errors.push(invalid(at, written, `should be a json path under ${words}`));
  };
  for (const [key, top] of [
    ['specReplicasPath', 'spec'],
    ['statusReplicasPath', 'status'],
  ] as const)
    if (text(scale[key]) === '') errors.push(required(path.child(`scale.${key}`)));
    else check(key, [`.${top}.`], `.${top}`);
  if (text(scale.labelSelectorPath) !== '') check('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status');
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateColumn(column: JsonObject, path: Path, errors: FieldError[]): void {
  if (text(column.name) === '') errors.push(required(path.child('name')));
  const [type, format, written] = [text(column.type), text(column.format), text(column.jsonPath)];
  const oneOf = `must be one of ${columnTypes.join(',')}`;
  if (type === '') errors.push(required(path.child('type'), oneOf));
  else if (!columnTypes.includes(type)) errors.push(invalid(path.child('type'), type, oneOf));
  if (format !== '' && !columnFormats.includes(format))
    errors.push(invalid(path.child('format'), format, `must be one of ${columnFormats.join(',')}`));
  const complaint = pathComplaint(written);
  if (written === '') errors.push(required(path.child('JSONPath')));
  else if (complaint !== undefined) errors.push(invalid(path.child('JSONPath'), written, complaint));
}

function pathComplaint(written: string): string | undefined {
  return written.startsWith('.') ? undefined : 'must be a simple json path starting with .';
}

// Labels, annotations and label selectors, as k8s.io/apimachinery pkg/apis/meta/v1/validation and pkg/api/validation (1.36) check them.

import type { Json } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { byteLength, given, object, objects, pairs, size, text, texts } from '../read.ts';
import { type Complaints, labelValue, qualifiedName } from './names.ts';

const maxAnnotations = 256 * 1024;

/** The same complaint rule applied to a value at a path. */
export function complain(value: string, complaints: Complaints, path: Path, errors: FieldError[]): void {
  for (const complaint of complaints) errors.push(invalid(path, value, complaint));
}

export function validateLabelName(name: string, path: Path, errors: FieldError[]): void {
  complain(name, qualifiedName(name), path, errors);
}

export function validateLabels(labels: Json | undefined, path: Path, errors: FieldError[]): void {
  if (!given(labels)) return;
  for (const [key, value] of pairs(labels)) {
    validateLabelName(key, path, errors);
    complain(value, labelValue(value), path, errors);
  }
}

export function validateAnnotations(annotations: Json | undefined, path: Path, errors: FieldError[]): void {
  if (!given(annotations)) return;
  let most = 0;
  for (const [key, value] of pairs(annotations)) {
    complain(key, qualifiedName(key.toLowerCase()), path, errors);
    most += 3 * (key.length + value.length);
  }
  if (most > maxAnnotations && bytesOf(annotations) > maxAnnotations) errors.push(tooLong(path, maxAnnotations));
}

function bytesOf(annotations: Json | undefined): number {
  return pairs(annotations).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
}

export interface SelectorOptions {
  /** Objects that were stored with bad values before they were checked may keep them. */
  readonly allowInvalidLabelValue?: boolean;
}

/** A metav1.LabelSelector; an absent one is fine. */
export function validateLabelSelector(selector: Json | undefined, path: Path, errors: FieldError[], options: SelectorOptions = {}): void {
  const given = object(selector);
  if (given === undefined) return;
  validateLabels(given.matchLabels, path.child('matchLabels'), errors);
  for (const [position, expression] of objects(given.matchExpressions).entries()) {
    const at = path.child('matchExpressions').index(position);
    const operator = text(expression.operator);
    if (operator === 'In' || operator === 'NotIn') {
      if (size(expression.values) === 0) errors.push(required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (size(expression.values) > 0)
        errors.push(forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else errors.push(invalid(at.child('operator'), operator, 'not a valid selector operator'));
    validateLabelName(text(expression.key), at.child('key'), errors);
    if (options.allowInvalidLabelValue === true) continue;
    for (const [index, value] of texts(expression.values).entries())
      complain(value, labelValue(value), at.child('values').index(index), errors);
  }
}

/** True for a selector with a value that is no label value. */
export function hasInvalidLabelValue(selector: Json | undefined): boolean {
  return objects(object(selector)?.matchExpressions).some((expression) =>
    texts(expression.values).some((value) => labelValue(value).length > 0),
  );
}

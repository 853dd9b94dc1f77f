// Node selectors: terms of expressions over labels and of fields (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabelName } from '../meta/labels.ts';
import { dnsSubdomain, labelValue } from '../meta/names.ts';
import { objects, size, text, texts } from '../read.ts';

export function validateNodeSelector(selector: JsonObject, path: Path, errors: FieldError[], allowInvalidValues: boolean): void {
  const terms = objects(selector.nodeSelectorTerms);
  const at = path.child('nodeSelectorTerms');
  if (terms.length === 0) errors.push(required(at, 'must have at least one node selector term'));
  for (const [position, term] of terms.entries()) validateNodeSelectorTerm(term, at.index(position), errors, allowInvalidValues);
}

export function validateNodeSelectorTerm(term: JsonObject, path: Path, errors: FieldError[], allowInvalidValues: boolean): void {
  for (const [position, expression] of objects(term.matchExpressions).entries())
    validateExpression(expression, path.child('matchExpressions').index(position), errors, allowInvalidValues);
  for (const [position, field] of objects(term.matchFields).entries())
    validateField(field, path.child('matchFields').index(position), errors);
}

function validateExpression(expression: JsonObject, path: Path, errors: FieldError[], allowInvalidValues: boolean): void {
  const operator = text(expression.operator);
  const values = texts(expression.values);
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(required(path.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  validateLabelName(text(expression.key), path.child('key'), errors);
  if (allowInvalidValues) return;
  for (const [position, value] of values.entries()) complain(value, labelValue(value), path.child('values').index(position), errors);
}

function validateField(field: JsonObject, path: Path, errors: FieldError[]): void {
  const operator = text(field.operator);
  const key = text(field.key);
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  else if (size(field.values) !== 1)
    errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') {
    errors.push(invalid(path.child('key'), key, 'not a valid field selector key'));
    return;
  }
  for (const [position, value] of texts(field.values).entries())
    complain(value, dnsSubdomain(value), path.child('values').index(position), errors);
}

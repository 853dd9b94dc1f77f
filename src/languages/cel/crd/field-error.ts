// Errors of fields as the API server makes and writes them (k8s.io/apimachinery/pkg/util/validation/field).

import { doubleText } from '../convert.ts';
import type { Data } from './adapt.ts';

export interface FieldError {
  readonly type: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  readonly field: string;
  readonly detail: string;
  /** The value that is wrong; lists and objects are left out. */
  readonly value?: Data;
}

const texts: Readonly<Record<FieldError['type'], string>> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
};

/** `root.spec.name: Invalid value: "x": must be y`. */
export function fieldErrorText({ type, field, detail, value }: FieldError): string {
  const plain = type === 'FieldValueForbidden' || type === 'FieldValueRequired' || value === undefined;
  const shown = plain
    ? ''
    : `: ${typeof value === 'string' ? JSON.stringify(value) : typeof value === 'number' ? doubleText(value) : String(value)}`;
  return `${field}: ${texts[type]}${shown}${detail === '' || type === 'FieldValueDuplicate' ? '' : `: ${detail}`}`;
}

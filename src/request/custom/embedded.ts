// Objects within custom resources (`x-kubernetes-embedded-resource`): they must say their apiVersion and kind, and their metadata must be what
// metadata is everywhere (apiextensions-apiserver/pkg/apiserver/schema/objectmeta, 1.36).

import type { Schema } from '../../kube/schema/schema.ts';
import { field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { hasEmbedded } from '../decode/embedded.ts';
import { type FieldError, invalid, required } from '../fields/error.ts';
import { root } from '../fields/path.ts';
import { dns1035Label, pathSegment } from '../validate/meta/names.ts';
import { validateMetadata } from '../validate/meta/object-meta.ts';

const maxDepth = 200;

/** Errors of the embedded objects in a value. */
export function embeddedErrors(value: Json, schema: Schema | undefined, path = '', depth = 0): readonly FieldError[] {
  if (schema === undefined || depth > maxDepth || !hasEmbedded(schema)) return [];
  const errors: FieldError[] = [];
  if (Array.isArray(value))
    value.forEach((item, index) => {
      errors.push(...embeddedErrors(item, schema.items, `${path}[${index}]`, depth + 1));
    });
  else if (isObject(value)) {
    if (schema.embeddedResource === true && path !== '') errors.push(...ofEmbedded(value, path));
    for (const key of Object.keys(value)) {
      const known = schema.properties?.get(key);
      const at = known === undefined ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      errors.push(...embeddedErrors(value[key] ?? null, known ?? schema.additionalProperties, at, depth + 1));
    }
  }
  return errors;
}

function ofEmbedded(object: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['apiVersion', 'kind']) {
    const value = object[key];
    const at = `${path}.${key}`;
    if (value === undefined) errors.push(required(at));
    else if (typeof value !== 'string') errors.push(invalid(at, value, 'must be a string'));
    else if (value === '') errors.push(invalid(at, value, 'must not be empty'));
    else if (key === 'apiVersion' && value.split('/').length > 2)
      errors.push(invalid(at, value, `unexpected GroupVersion string: ${value}`));
    else if (key === 'kind') {
      const complaints = dns1035Label(value.toLowerCase());
      if (complaints.length > 0)
        errors.push(invalid(at, value, `may have mixed case, but should otherwise match: ${complaints.join(',')}`));
    }
  }
  const metadata = field(object, 'metadata');
  if (!isObject(metadata)) return errors;
  const name = metadata.name === undefined || metadata.name === '' ? 'fakename' : metadata.name;
  const namespaced = metadata.namespace !== undefined && metadata.namespace !== '';
  const rules = { namespaced, name: pathSegment, standardFinalizers: false };
  const at = path.split('.').reduce((outer, step) => outer.child(step), root);
  validateMetadata({ ...object, metadata: { ...metadata, name } }, rules, errors, at.child('metadata'));
  return errors;
}

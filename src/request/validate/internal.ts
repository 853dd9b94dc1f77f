// A struct as messages show it: JSON of the API server's internal type, which has no tags: Go's names, every field, null for what is nil
// (kubernetes pkg/apis, 1.36). Types of apimachinery keep their published JSON. Metadata is the embedded ObjectMeta.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { metadataOrder } from '../fields/metadata-order.ts';
import { internalTypes } from './generated/internal-types.ts';

export interface Field {
  readonly go: string;
  readonly json: string;
  readonly type: string;
}

const parsed = new Map<string, readonly Field[]>();

/** The fields of an internal type. */
export function fieldsOf(type: string): readonly Field[] {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  const written = Object.hasOwn(internalTypes, type) ? (internalTypes[type] ?? '') : '';
  const fields = written
    .split(' ')
    .filter((each) => each !== '')
    .map((each) => {
      if (each.startsWith('+')) return { go: '', json: '', type: each.slice(1) };
      const [go = '', json = '', kind = ''] = each.split(':');
      return { go, json, type: kind };
    });
  parsed.set(type, fields);
  return fields;
}

/**
 * A value of a published type as its internal type is shown.
 *
 * @example `asInternal({ name: 'net.core.somaxconn', value: '1' }, 'core.Sysctl')` is `{ Name: 'net.core.somaxconn', Value: '1' }`
 */
export function asInternal(value: Json | undefined, type: string): Json {
  const given = value !== undefined && value !== null;
  if (type.startsWith('*')) return given ? asInternal(value, type.slice(1)) : null;
  if (type.startsWith('[]')) return Array.isArray(value) ? value.map((item: Json) => asInternal(item, type.slice(2))) : null;
  if (type.startsWith('{}')) return isObject(value) ? sorted(value, type.slice(2)) : null;
  switch (type) {
    case 'text':
      return given ? value : '';
    case 'bool':
      return given ? value : false;
    case 'int':
    case 'intorstring':
      return given ? value : 0;
    case 'quantity':
      return given ? value : '0';
    case 'bytes':
    case 'time':
      return given ? value : null;
    default:
      return type.startsWith('meta.') ? published(value, type) : structOf(isObject(value) ? value : {}, type);
  }
}

/** A value whose type is published as it is: empty fields of selectors are left out. */
function published(value: Json | undefined, type: string): Json {
  if (type !== 'meta.LabelSelector' || !isObject(value)) return value ?? null;
  const { matchLabels, matchExpressions } = value;
  const labels = isObject(matchLabels) ? sorted(matchLabels, 'text') : {};
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map((each: Json) => requirement(each)) : [];
  return {
    ...(Object.keys(labels as JsonObject).length === 0 ? {} : { matchLabels: labels }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
  };
}

function requirement(value: Json): Json {
  const { key = '', operator = '', values } = isObject(value) ? value : {};
  return { key, operator, ...(Array.isArray(values) && values.length > 0 ? { values: values as Json } : {}) };
}

function sorted(map: JsonObject, type: string): Json {
  const result: Record<string, Json> = Object.create(null);
  for (const key of Object.keys(map).sort()) result[key] = asInternal(map[key], type);
  return result;
}

function structOf(value: JsonObject, type: string): Json {
  const result: Record<string, Json> = {};
  for (const field of fieldsOf(type)) {
    if (field.type === 'meta.ObjectMeta') Object.assign(result, inOrder(isObject(value.metadata) ? value.metadata : {}));
    else if (field.go === '') Object.assign(result, structOf(value, field.type));
    else if (type === 'core.PodSpec' && field.go === 'SecurityContext') result[field.go] = podSecurity(value);
    else if (!field.type.startsWith('meta.')) result[field.go] = asInternal(value[field.json], field.type);
    else result[field.go] = published(value[field.json] ?? (field.type === 'meta.Condition' ? {} : null), field.type);
  }
  return result;
}

/** The internal PodSecurityContext holds what a published pod's spec has beside it, and is always there. */
function podSecurity(spec: JsonObject): Json {
  const context = isObject(spec.securityContext) ? spec.securityContext : {};
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  return asInternal({ ...context, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers }, 'core.PodSecurityContext');
}

function inOrder(metadata: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const name of metadataOrder) {
    const value = metadata[name];
    if (value === undefined || value === null || value === '' || (isObject(value) && Object.keys(value).length === 0)) continue;
    result[name] = isObject(value) ? sorted(value, 'text') : value;
  }
  return result;
}

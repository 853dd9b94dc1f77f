// Equality as the API server's validation has it (k8s.io/apimachinery api/equality, Semantic.DeepEqual, 1.36): values of its internal types,
// where lists and maps that are empty are those that are absent, a field that is no pointer is its zero value where it is absent, and a pointer
// tells `{}` from nothing. Amounts are equal as numbers, times as instants.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { amount, compare } from './amount.ts';
import { type Field, fieldsOf } from './internal.ts';

/**
 * True where two values of a type (in the notation of the table of internal types) are equal; without a type they are a scalar or a pointer to
 * one.
 *
 * @example `sameValue({ nodeSelector: {} }, {}, 'core.PodSpec')` is `true`
 */
export function sameValue(a: Json | undefined, b: Json | undefined, type = '*text'): boolean {
  if (a === b) return true;
  if (type.startsWith('*')) {
    const [hasA, hasB] = [a !== undefined && a !== null, b !== undefined && b !== null];
    return hasA && hasB ? sameValue(a, b, type.slice(1)) : hasA === hasB;
  }
  if (type.startsWith('[]')) return sameLists(Array.isArray(a) ? a : [], Array.isArray(b) ? b : [], type.slice(2));
  if (type.startsWith('{}')) return sameMaps(isObject(a) ? a : {}, isObject(b) ? b : {}, type.slice(2));
  switch (type) {
    case 'text':
    case 'bytes':
      return (a ?? '') === (b ?? '');
    case 'bool':
      return (a ?? false) === (b ?? false);
    case 'int':
    case 'intorstring':
      return (a ?? 0) === (b ?? 0);
    case 'quantity':
      return compare(amount(a), amount(b)) === 0;
    case 'time':
      return instant(a) === instant(b);
    case 'meta.RawExtension':
      return sameJson(a ?? null, b ?? null);
    default:
      return sameStructs(isObject(a) ? a : {}, isObject(b) ? b : {}, type);
  }
}

function sameLists(a: readonly Json[], b: readonly Json[], type: string): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index], type));
}

function sameMaps(a: JsonObject, b: JsonObject, type: string): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key], type));
}

function instant(value: Json | undefined): Json {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? (value ?? null) : time;
}

function sameStructs(a: JsonObject, b: JsonObject, type: string): boolean {
  if (type === 'core.PodSpec' && !sameSecurity(a, b)) return false;
  const fields = Object.hasOwn(published, type) ? (published[type] ?? []) : fieldsOf(type);
  return fields.every(({ go, json, type: inner }) => {
    if (type === 'core.PodSpec' && json === 'securityContext') return true;
    if (inner === 'meta.ObjectMeta') return sameValue(a.metadata, b.metadata, inner);
    return go === '' ? sameStructs(a, b, inner) : sameValue(a[json], b[json], inner);
  });
}

/** The internal context of a pod is always there, and holds what a published pod's spec has beside it. */
function sameSecurity(a: JsonObject, b: JsonObject): boolean {
  const context = 'core.PodSecurityContext';
  return (
    sameStructs(isObject(a.securityContext) ? a.securityContext : {}, isObject(b.securityContext) ? b.securityContext : {}, context) &&
    ['hostNetwork', 'hostPID', 'hostIPC'].every((field) => sameValue(a[field], b[field], 'bool')) &&
    ['shareProcessNamespace', 'hostUsers'].every((field) => sameValue(a[field], b[field], '*bool'))
  );
}

/** Types of apimachinery, which have no internal form. What a nested object says of its own kind is not compared. */
const published: Readonly<Record<string, readonly Field[]>> = {
  'meta.TypeMeta': [],
  'meta.LabelSelector': fieldsNamed('matchLabels:{}text matchExpressions:[]meta.LabelSelectorRequirement'),
  'meta.LabelSelectorRequirement': fieldsNamed('key:text operator:text values:[]text'),
  'meta.Condition': fieldsNamed('type:text status:text observedGeneration:int lastTransitionTime:time reason:text message:text'),
  'meta.OwnerReference': fieldsNamed('apiVersion:text kind:text name:text uid:text controller:*bool blockOwnerDeletion:*bool'),
  'meta.ObjectMeta': fieldsNamed(
    'name:text generateName:text namespace:text selfLink:text uid:text resourceVersion:text generation:int creationTimestamp:time deletionTimestamp:*time deletionGracePeriodSeconds:*int labels:{}text annotations:{}text ownerReferences:[]meta.OwnerReference finalizers:[]text',
  ),
};

function fieldsNamed(fields: string): readonly Field[] {
  return fields.split(' ').map((field) => {
    const [json = '', type = ''] = field.split(':');
    return { go: json, json, type };
  });
}

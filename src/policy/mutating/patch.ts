// One mutation applied to one object (kube-apiserver 1.36, plugin/policy/mutating/patch): a JSON patch, or an apply configuration merged
// as server-side apply merges, but without owners. Lists, maps and structs that are replaced as a whole may not be set.

import { type Atom, shapeOf } from '../../kube/apply/atom.ts';
import { faults, faultText, type GoValue, goValues } from '../../kube/apply/conform.ts';
import { merge } from '../../kube/apply/merge.ts';
import { applyServerJsonPatch } from '../../kube/patch/server-json-patch.ts';
import { typeName } from '../../languages/cel/convert.ts';
import { plain } from '../../languages/cel/plain.ts';
import { goDurationText, timestampText } from '../../languages/cel/time.ts';
import {
  Duration,
  EntryMap,
  entriesOf,
  isList,
  isObjectMap,
  madeAs,
  Opaque,
  Optional,
  Timestamp,
  type Value,
} from '../../languages/cel/value.ts';
import { isObject, type Json } from '../../lib/json.ts';
import type { Mutation } from './compile.ts';

export type Patched = { readonly object: Json } | { readonly error: string };

/** The object after the patch that an expression gave. `type` is the type of the object's kind. */
export function patched(mutation: Mutation, value: Value, object: Json, type: Atom): Patched {
  return mutation.type === 'JSONPatch' ? jsonPatched(value, object) : applied(value, object, type);
}

function jsonPatched(value: Value, object: Json): Patched {
  const steps: Json[] = [];
  for (const step of isList(value) ? value : []) {
    const built = stepOf(step);
    if ('error' in built) return built;
    steps.push(built.object);
  }
  const result = applyServerJsonPatch(object, steps);
  if (result.ok) return { object: result.value };
  return result.problem.failedTest === true ? { object } : { error: `JSON Patch: ${result.problem.message}` };
}

function stepOf(step: Value): Patched {
  const fields = isObjectMap(step) ? step : {};
  const result: Record<string, Json> = {};
  for (const key of ['op', 'path', 'from']) {
    const value = fields[key];
    if (value !== undefined && typeof value !== 'string')
      return { error: `unexpected type ${typeName(value)} for JSONPatchType '${key}' field` };
    if (key !== 'from') result[key] = value ?? '';
    else if (value !== undefined && value !== '') result[key] = value;
  }
  const { value } = fields;
  if (value === undefined) return { object: result };
  if (isObjectMap(value) && madeAs.has(value)) {
    const wrong = misnamed(value, [madeAs.get(value) ?? '']);
    if (wrong.length > 0) return { error: `type mismatch: ${wrong.join('\n')}` };
  }
  const json = jsonOf(value);
  if ('error' in json) return { error: `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${json.error}` };
  return { object: { ...result, value: json.object } };
}

function applied(value: Value, object: Json, type: Atom): Patched {
  const wrong = misnamed(value, ['Object']);
  if (wrong.length > 0) return { error: `type mismatch: ${wrong.join('\n')}` };
  const json = jsonOf(value, goValue);
  if ('error' in json) return json;
  const patch: Json =
    isObject(json.object) && isObject(object) ? { ...json.object, apiVersion: object.apiVersion, kind: object.kind } : json.object;
  const bad = faults(patch, type, false);
  if (bad.length > 0) return { error: `error applying patch: failed to convert patch object to typed object: ${faultText(bad)}` };
  const atomics: string[] = [];
  findAtomics(patch, type, '', atomics);
  if (atomics.length > 0)
    return {
      error: `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`,
    };
  // A JSON patch before may have left what is not of the type.
  const odd = isObject(object) ? faults(object, type, true) : [];
  if (odd.length > 0) return { error: `error applying patch: failed to convert original object to typed object: ${faultText(odd)}` };
  return { object: merge(object, patch, type) ?? {} };
}

const maxDepth = 200;

/** Objects must be made as the type that their place has: `Object.spec` in the field `spec` of `Object`. */
function misnamed(value: Value, path: readonly string[]): readonly string[] {
  if (path.length > maxDepth) return [];
  if (isList(value)) return value.flatMap((item) => misnamed(item, path));
  if (!isObjectMap(value) && !(value instanceof EntryMap)) return [];
  const name = madeAs.get(value);
  const inner = entriesOf(value).flatMap(([key, item]) => misnamed(item, name === undefined ? path : [...path, String(key)]));
  const wanted = path.join('.');
  if (name === undefined || name === wanted) return inner;
  return [
    `unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(wanted)}, which matches field name path from root Object type`,
    ...inner,
  ];
}

/** What an apply configuration cannot hold, as Go prints it. */
function goValue(value: Value): GoValue | undefined {
  if (value === null) return { pointer: '&{NULL_VALUE}', syntax: '0', type: 'structpb.NullValue' };
  if (value instanceof Uint8Array) {
    const bytes = [...value.subarray(0, maxBytes)].map((byte) => `0x${byte.toString(16)}`);
    return { pointer: `&{[${value.subarray(0, maxBytes).join(' ')}]}`, syntax: `[]uint8{${bytes.join(', ')}}`, type: '[]uint8' };
  }
  if (value instanceof Timestamp) {
    const text = timestampText(value).replace('T', ' ').replace('Z', ' +0000 UTC');
    return { pointer: `&{${text}}`, syntax: text, type: 'time.Time' };
  }
  if (value instanceof Duration) return { pointer: `&{${goDurationText(value)}}`, syntax: String(value.nanos), type: 'time.Duration' };
  const isQuantity = value instanceof Opaque && typeName(value) === 'kubernetes.Quantity';
  return isQuantity ? { pointer: `&{${plain(value)}}`, syntax: String(plain(value)), type: '*resource.Quantity' } : undefined;
}

const maxBytes = 4096;

/** A value of an expression as part of an object. `foreign` names what is to stand in it as it is. */
function jsonOf(value: Value, foreign: (value: Value) => GoValue | undefined = () => undefined, depth = 0): Patched {
  if (depth > maxDepth) return { error: 'nested too deeply' };
  const odd = foreign(value);
  if (odd !== undefined) {
    const standIn = {};
    goValues.set(standIn, odd);
    return { object: standIn };
  }
  if (isList(value)) {
    const list: Json[] = [];
    for (const item of value) {
      const json = jsonOf(item, foreign, depth + 1);
      if ('error' in json) return json;
      list.push(json.object);
    }
    return { object: list };
  }
  if (isObjectMap(value) || value instanceof EntryMap) {
    const object: Record<string, Json> = {};
    for (const [key, item] of entriesOf(value)) {
      if (typeof key !== 'string') return { error: `map key ${JSON.stringify(plain(key))} is of type ${typeName(key)}, not string` };
      const json = jsonOf(item, foreign, depth + 1);
      if ('error' in json) return json;
      Object.defineProperty(object, key, { value: json.object, enumerable: true, configurable: true, writable: true });
    }
    return { object };
  }
  if (value instanceof Opaque || value instanceof Optional) return { error: `${typeName(value)} cannot be converted` };
  return { object: plain(value) };
}

function findAtomics(value: Json, type: Atom, path: string, found: string[]): void {
  const shape = shapeOf(type, value);
  if (shape === 'map' && type.map !== undefined && isObject(value)) {
    if (type.map.atomic) found.push(path);
    for (const [key, item] of Object.entries(value)) {
      const inner = type.map.field(key);
      if (inner !== undefined && item !== undefined) findAtomics(item, inner, `${path}.${key}`, found);
    }
  } else if (shape === 'list' && type.list !== undefined && Array.isArray(value)) {
    if (type.list.atomic) found.push(path);
    for (const [index, item] of value.entries()) findAtomics(item as Json, type.list.element, `${path}[${index}]`, found);
  }
}

// Fields, indexes and optional steps. A field of a plain object is one property read; everything else goes the slow way: own properties only,
// maps with other keys, optionals, lists.

import type { Node } from './ast.ts';
import { typeName } from './convert.ts';
import { attribute, type Frame, type Held, type Planned, type Run } from './frame.ts';
import {
  asDouble,
  CelError,
  Double,
  EntryMap,
  isInt,
  isList,
  isObjectMap,
  keyText,
  lookUp,
  type ObjectMap,
  Optional,
  ownField,
  Uint,
  type Value,
} from './value.ts';

/** `operand.field` */
export function fieldOf(operand: Planned, field: string, node: Node): Planned {
  if (operand.held !== undefined) return optionalStep(operand, field);
  const from = operand.resolve ?? operand.run;
  const slowly = (frame: Frame, value: Value) => selectSlowly(frame, value, field, node);
  const resolve: Run =
    field in Object.prototype
      ? (frame) => slowly(frame, from(frame))
      : (frame) => {
          const value = from(frame);
          if (typeof value === 'object' && value !== null && value.constructor === Object) {
            const found = (value as ObjectMap)[field];
            if (found !== undefined) {
              frame.cost++;
              return found;
            }
          }
          return slowly(frame, value);
        };
  return attribute(resolve, operand.free, { kind: 'field', operand, field, slowly });
}

/** `has(operand.field)`, which costs no unit of its own. */
export function hasFieldOf(operand: Planned, field: string): Planned {
  const from = operand.resolve ?? operand.run;
  const resolve: Run = (frame) => {
    const value = from(frame);
    frame.cost++;
    return hasField(value, field);
  };
  return { run: resolve, resolve, shape: { kind: 'has', operand, field } };
}

/** `container[index]`, `container[?index]` and `container.?field`. */
export function indexOf(container: Planned, index: Planned, optionally: boolean, node: Node): Planned | CelError {
  // cel-go refuses to plan an index that can never be one.
  if (index.constant !== undefined && keyText(index.constant ?? '') === undefined)
    return new CelError(`invalid qualifier type: ${typeName(index.constant)}`, node);
  const key = index.constant;
  if (typeof key === 'string' && (optionally || container.held !== undefined)) return optionalStep(container, key);
  const from = container.resolve ?? container.run;
  const at = index.resolve ?? index.run;
  return attribute((frame) => {
    const value = from(frame);
    if (value instanceof CelError) return value;
    if (value instanceof Optional || optionally) return optionalIndex(frame, value, at);
    const key = at(frame);
    frame.cost++;
    if (key instanceof CelError) return key;
    return indexed(value, key, node);
  }, container.free);
}

function optionalIndex(frame: Frame, value: Value, at: Run): Value {
  const held = value instanceof Optional ? value.value : value;
  if (held === undefined) return Optional.none;
  const key = at(frame);
  if (key instanceof CelError) return key;
  const found = find(held, key);
  if (found instanceof CelError) return found;
  if (found === undefined) return Optional.none;
  frame.cost++;
  return new Optional(found);
}

function selectSlowly(frame: Frame, value: Value, field: string, node: Node): Value {
  if (value instanceof CelError) return value;
  if (value instanceof Optional) {
    const found = value.value === undefined ? undefined : find(value.value, field);
    if (found === undefined) return Optional.none;
    frame.cost++;
    return found instanceof CelError ? found : new Optional(found);
  }
  frame.cost++;
  const found = isObjectMap(value) || value instanceof EntryMap ? lookUp(value, field) : undefined;
  return found ?? (found === null ? null : new CelError(`no such key: ${field}`, node));
}

/** One step into what an optional holds, or into a value that may lack the key. */
function optionalStep(container: Planned, key: string): Planned {
  const from: Held = container.held ?? container.resolve ?? container.run;
  const slowly = (frame: Frame, value: Value | undefined) => stepSlowly(frame, value, key);
  const own = key in Object.prototype;
  const held: Held = (frame) => {
    const value = from(frame);
    if (!own && typeof value === 'object' && value !== null && value.constructor === Object) {
      const found = (value as ObjectMap)[key];
      if (found !== undefined) frame.cost++;
      return found;
    }
    return slowly(frame, value);
  };
  const resolve: Run = (frame) => {
    const value = held(frame);
    if (value === undefined) return Optional.none;
    return value instanceof CelError ? value : new Optional(value);
  };
  const shape = { kind: 'step', from: container, key, slowly } as const;
  return { ...attribute(resolve, container.free), held, shape };
}

/** Nothing is counted where nothing is there. */
function stepSlowly(frame: Frame, given: Value | undefined, key: string): Value | undefined {
  if (given instanceof CelError) return given;
  const value = given instanceof Optional ? given.value : given;
  if (value === undefined) return undefined;
  const found = find(value, key);
  if (found !== undefined && !(found instanceof CelError)) frame.cost++;
  return found;
}

export function hasField(value: Value, field: string): Value {
  if (value instanceof CelError) return value;
  const held = value instanceof Optional ? value.value : value;
  if (held === undefined) return false;
  if (isObjectMap(held)) {
    const found = ownField(held, field);
    return found instanceof CelError ? found : found !== undefined;
  }
  return held instanceof EntryMap && lookUp(held, field) !== undefined;
}

/** What an index finds: undefined where nothing is there, an error where the index cannot be one. */
function find(container: Value, key: Value): Value | undefined {
  if (isList(container)) {
    const at = listIndex(key);
    return at === undefined ? new CelError(`unsupported index type '${typeof key}' in list`) : container[at];
  }
  if (container instanceof EntryMap || isObjectMap(container)) return lookUp(container, key);
  return undefined;
}

function listIndex(key: Value): number | undefined {
  if (isInt(key)) return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return key instanceof Double ? key.value : undefined;
}

function indexed(container: Value, key: Value, node: Node): Value {
  const found = find(container, key);
  if (found instanceof CelError) return new CelError(found.message, node);
  if (found !== undefined) return found;
  if (isList(container)) return new CelError(`index out of bounds: ${listIndex(key)}`, node);
  const shown = asDouble(key) !== undefined ? String(asDouble(key)) : key instanceof Uint ? String(key.value) : String(key);
  return new CelError(`no such key: ${shown}`, node);
}

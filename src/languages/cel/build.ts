// Lists, maps and objects that an expression writes. Constant ones are built once where the environment folds constants, as cel-go does.

import type { Node } from './ast.ts';
import { createList, createMap, createStruct } from './cost.ts';
import { constant, type Frame, type Planned, type Run } from './frame.ts';
import { CelError, madeAs, mapOf, Optional, type Value } from './value.ts';

export function listOf(node: Node & { kind: 'list' }, elements: readonly Planned[], folding: boolean): Planned {
  const constants = elements.map((element) => element.constant);
  if (folding && node.optional.size === 0 && constants.every((value) => value !== undefined)) return constant(constants);
  const runs = elements.map(({ run }) => run);
  return {
    run: (frame) => {
      const list: Value[] = [];
      let failed: CelError | undefined;
      for (let index = 0; index < runs.length && failed === undefined; index++) {
        let value = runs[index]?.(frame) ?? null;
        if (node.optional.has(index) && !(value instanceof CelError)) {
          if (!(value instanceof Optional)) value = new CelError('cannot initialize optional list element from non-optional value', node);
          else if (value.value === undefined) continue;
          else value = value.value;
        }
        if (value instanceof CelError) failed = value;
        else list.push(value);
      }
      frame.cost += createList;
      return failed ?? list;
    },
  };
}

export function mapFrom(node: Node & { kind: 'map' }, keys: readonly Planned[], values: readonly Planned[], folding: boolean): Planned {
  const build = (frame: Frame): Value => {
    const entries: (readonly [Value, Value])[] = [];
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]?.run(frame) ?? null;
      if (key instanceof CelError) return key;
      let value = values[index]?.run(frame) ?? null;
      if (value instanceof CelError) return value;
      if (node.entries[index]?.optional === true) {
        if (!(value instanceof Optional)) return new CelError('cannot initialize optional entry from non-optional value', node);
        if (value.value === undefined) continue;
        value = value.value;
      }
      entries.push([key, value]);
    }
    const map = mapOf(entries);
    return map instanceof CelError ? new CelError(map.message, node) : map;
  };
  const fixed = [...keys, ...values].every((part) => part.constant !== undefined) && !node.entries.some(({ optional }) => optional);
  if (folding && fixed) {
    const value = build({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY });
    if (!(value instanceof CelError)) return constant(value);
  }
  return {
    run: (frame) => {
      const value = build(frame);
      frame.cost += createMap;
      return value;
    },
  };
}

export interface StructField {
  readonly key: string;
  readonly optional: boolean;
  readonly run: Run;
}

export function structOf(
  { name, open, unwraps }: { readonly name: string; readonly open?: boolean; readonly unwraps?: boolean },
  fields: readonly StructField[],
): Planned {
  return {
    run: (frame) => {
      const object: Record<string, Value> = Object.create(null);
      for (const { key, optional, run } of fields) {
        const value = run(frame);
        if (value instanceof CelError) return value;
        if (!optional) object[key] = value;
        else if (value instanceof Optional && value.value !== undefined) object[key] = value.value;
      }
      frame.cost += createStruct;
      if (open === true) madeAs.set(object, name);
      return unwraps === true ? (Object.values(object)[0] ?? null) : object;
    },
  };
}

// What is known of an argument while costs are estimated: its place in the declared variables, its type, the sizes it may have; and what is
// known of a call.

import type { Node } from '../ast.ts';
import { type Cost, fixed, type Range, union } from '../range.ts';
import { isOptionalType, type Type } from '../type.ts';
import { textSize } from '../value.ts';

/** A place in the declared variables: `['self', 'spec', '@items']`, or undefined for what was computed. */
export type SizePath = readonly string[] | undefined;
/** The sizes a value may have, where its declaration says so. */
export type SizeOf = (path: SizePath, type: Type) => Range | undefined;

/** An argument, or the target of a call. */
export interface Part {
  readonly path: SizePath;
  readonly type: Type;
  readonly node?: Node;
  readonly size: Range | undefined;
}

/** The sizes of what a list or a map holds. */
export interface Entry {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

/** What a call costs without its arguments, and how large its result may be. */
export interface CallEstimate {
  readonly cost: Cost;
  readonly size?: Range;
  /** The sizes of what the result holds. */
  readonly entry?: Entry;
  /** The arguments' costs are in `cost` already. */
  readonly whole?: boolean;
}

/** The size of a part, where nothing computed it the declared one, else any. */
export type Sized = (part: Part) => Range;

export function joinedEntry(a: Entry | undefined, b: Entry | undefined): Entry | undefined {
  return a === undefined || b === undefined
    ? undefined
    : { container: a.container, key: union(a.key, b.key), value: union(a.value, b.value) };
}

export function literalInt(part: Part | undefined, otherwise: bigint): bigint {
  if (part?.node?.kind !== 'literal' || typeof part.node.value !== 'number') return otherwise;
  return BigInt(Math.max(0, part.node.value));
}

export function literalSize(node: Node): Range | undefined {
  if (node.kind === 'list') return fixed(node.elements.length);
  if (node.kind === 'map') return fixed(node.entries.length);
  if (node.kind !== 'literal') return undefined;
  if (typeof node.value === 'string') return fixed(textSize(node.value));
  return fixed(node.value instanceof Uint8Array ? node.value.length : 1);
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

export function isScalar(type: Type): boolean {
  return scalars.has(type.kind) || (isOptionalType(type) && type.parameters[0] !== undefined && isScalar(type.parameters[0]));
}

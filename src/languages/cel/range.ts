// Ranges of unsigned 64-bit numbers, for estimated sizes and costs. Nothing overflows: what would, is the maximum.

export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}
export type Cost = Range;

export const maximum = (1n << 64n) - 1n;
export const unknown: Range = { min: 0n, max: maximum };

export function fixed(value: number | bigint): Range {
  const amount = BigInt.asUintN(64, BigInt(value));
  return { min: amount, max: amount };
}

const capped = (value: bigint): bigint => (value > maximum ? maximum : value);

export function addSize(a: Range, b: Range): Range {
  return { min: capped(a.min + b.min), max: capped(a.max + b.max) };
}
export const addCost = addSize;

export function product(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}
export const timesCost = product;

export function union(a: Range, b: Range): Range {
  return { min: atMost(a.min, b.min), max: atLeast(a.max, b.max) };
}

/** Multiplied in doubles and rounded up, as cel-go does it. */
export function factor({ min, max }: Range, by: number): Range {
  const times = (value: bigint): bigint => {
    const result = Math.ceil(Number(value) * by);
    return result >= 2 ** 64 ? maximum : BigInt(result);
  };
  return { min: times(min), max: times(max) };
}

// Written out because Math.min takes no bigints.
export function atMost(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

export function atLeast(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

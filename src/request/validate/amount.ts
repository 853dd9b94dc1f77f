// Quantities in validation: read, compared, asked for whole numbers. Texts come decoded, so they are canonical; one that does not read counts
// as zero.

import { compareQuantities, formatQuantity, parseQuantity, type Quantity, quantityIn } from '../../kube/quantity.ts';
import { isObject, type Json } from '../../lib/json.ts';

const zero: Quantity = { mantissa: 0n, exponent: 0, format: 'decimal', text: '0' };

/** The amount of a field. */
export function amount(value: Json | undefined): Quantity {
  if (typeof value !== 'string' && typeof value !== 'number') return zero;
  const read = parseQuantity(value);
  return read.ok ? read.value : zero;
}

/** The amounts of a resource list, by name. */
export function amounts(list: Json | undefined): readonly (readonly [string, Quantity])[] {
  return isObject(list) ? Object.entries(list).map(([name, value]) => [name, amount(value)] as const) : [];
}

/** The amount of one resource, or undefined where the list does not name it. */
export function amountOf(list: Json | undefined, name: string): Quantity | undefined {
  return isObject(list) && Object.hasOwn(list, name) ? amount(list[name]) : undefined;
}

export function isWhole(quantity: Quantity): boolean {
  return quantity.exponent >= 0 || quantityIn(quantity, -3) % 1000n === 0n;
}

export function compare(a: Quantity, b: Quantity): number {
  return compareQuantities(a, b);
}

export function shownAmount(quantity: Quantity): string {
  return formatQuantity(quantity);
}

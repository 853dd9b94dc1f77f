// `quantity("1.5Gi")` (Kubernetes 1.28): exact amounts. Comparison is by amount, however it is written.

import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  subtractQuantities,
} from '../../../lib/quantity.ts';
import { fn, type Library, method, readType } from '../function.ts';
import { typeOfType } from '../type.ts';
import { CelError, double, integer, Opaque, TypeValue, type Value } from '../value.ts';

export class QuantityValue extends Opaque {
  readonly type = readType('quantity');
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }
  equals(other: Opaque): boolean {
    return other instanceof QuantityValue && compareQuantities(this.quantity, other.quantity) === 0;
  }
  override toString(): string {
    return formatQuantity(this.quantity);
  }
}

const faults = {
  form: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  number: 'unable to parse numeric part of quantity',
  suffix: "unable to parse quantity's suffix",
  length: 'quantity is too long',
} as const;

/** Reads what stands in an expression: no blanks around it. */
function read(text: string): QuantityValue | CelError {
  if (text !== text.trim()) return new CelError(faults.form);
  const result = parseQuantity(text);
  return result.ok ? new QuantityValue(result.value) : new CelError(faults[result.problem]);
}

const maxPower = 40;

/** The amount as an int64; undefined where it is none, or was written with decimal places. */
function asInteger({ quantity: { mantissa, exponent } }: QuantityValue): number | bigint | undefined {
  if (mantissa === 0n && exponent >= 0) return 0;
  if (exponent < 0 || exponent > maxPower) return undefined;
  return integer(mantissa * 10n ** BigInt(exponent));
}

const whole = (amount: number | bigint): Quantity => ({ mantissa: BigInt(amount), exponent: 0, format: 'exponent' });
const order = (a: QuantityValue, b: QuantityValue) => Math.sign(compareQuantities(a.quantity, b.quantity));

function approximate({ quantity: { mantissa, exponent } }: QuantityValue): Value {
  return double(Number(`${mantissa}e${exponent}`));
}

export const quantities: Library = {
  constants: [{ name: 'kubernetes.Quantity', type: typeOfType(readType('quantity')), value: new TypeValue('kubernetes.Quantity') }],
  functions: [
    fn('quantity', 'string_to_quantity', 'string -> quantity', read),
    fn('isQuantity', 'is_quantity_string', 'string -> bool', (text: string) => read(text) instanceof QuantityValue),
    method('sign', 'quantity_sign', 'quantity -> int', ({ quantity: { mantissa } }: QuantityValue) =>
      mantissa > 0n ? 1 : mantissa < 0n ? -1 : 0,
    ),
    method(
      'isGreaterThan',
      'quantity_is_greater_than',
      'quantity, quantity -> bool',
      (a: QuantityValue, b: QuantityValue) => order(a, b) > 0,
    ),
    method('isLessThan', 'quantity_is_less_than', 'quantity, quantity -> bool', (a: QuantityValue, b: QuantityValue) => order(a, b) < 0),
    method('compareTo', 'quantity_compare_to', 'quantity, quantity -> int', order),
    method('asApproximateFloat', 'quantity_get_float', 'quantity -> double', approximate),
    method(
      'asInteger',
      'quantity_get_int',
      'quantity -> int',
      (a: QuantityValue) => asInteger(a) ?? new CelError('cannot convert value to integer'),
    ),
    method('isInteger', 'quantity_is_integer', 'quantity -> bool', (a: QuantityValue) => asInteger(a) !== undefined),
    method(
      'add',
      'quantity_add',
      'quantity, quantity -> quantity',
      (a: QuantityValue, b: QuantityValue) => new QuantityValue(addQuantities(a.quantity, b.quantity)),
    ),
    method(
      'add',
      'quantity_add_int',
      'quantity, int -> quantity',
      (a: QuantityValue, b: number) => new QuantityValue(addQuantities(a.quantity, whole(b))),
    ),
    method(
      'sub',
      'quantity_sub',
      'quantity, quantity -> quantity',
      (a: QuantityValue, b: QuantityValue) => new QuantityValue(subtractQuantities(a.quantity, b.quantity)),
    ),
    method(
      'sub',
      'quantity_sub_int',
      'quantity, int -> quantity',
      (a: QuantityValue, b: number) => new QuantityValue(subtractQuantities(a.quantity, whole(b))),
    ),
  ],
};

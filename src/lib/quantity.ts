// Quantities: `100m`, `1.5Gi`, `2e3`. Exact, over BigInt, as k8s.io/apimachinery/pkg/api/resource of 1.36 reads, compares and writes them:
// amounts finer than a billionth are rounded away from zero, binary amounts are capped at 2^63-1, and a text that is canonical enough for
// the server's fast path is written back as it came (`+1`, `5.`, `1e3`), while others are not (`1024Mi` becomes `1Gi`).
// Left out: arithmetic beyond adding, and the rounding of a pod's resources to thousandths, which is defaulting.

import { failure, ok, type Result } from './result.ts';

/** How the suffix was written, and how results of arithmetic are written: `1M`, `1Mi` or `1e6`. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

/** The amount is `mantissa` × 10^`exponent`. */
export interface Quantity {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
  /** What was written, where the server keeps it. */
  readonly text?: string;
  /** Where the server keeps the amount in more than 64 bits. */
  readonly isLarge?: true;
}

/** `form`: no quantity at all; `number`: no such number; `suffix`: unknown suffix; `length`: longer than this program reads. */
export type QuantityProblem = 'form' | 'number' | 'suffix' | 'length';

const form = /^([+-]?)(0*)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const maxLength = 1024;
const maxInteger = (1n << 63n) - 1n;
const decimalSuffixes: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const decimalNames = new Map(Object.entries(decimalSuffixes).map(([name, exponent]) => [exponent, name]));
const binaryNames = ['', ...Object.keys(binarySuffixes)];

/** Amounts repeat within and across objects: what short texts stand for is kept. */
const known = new Map<string, Result<Quantity, QuantityProblem>>();
const mostKnown = 1000;

/** Reads a quantity; a number of a manifest counts as its decimal text, blanks around a text are ignored, as JSON decoding does. */
export function parseQuantity(value: string | number): Result<Quantity, QuantityProblem> {
  const text = typeof value === 'number' ? String(value) : value.trim();
  let result = known.get(text);
  if (result === undefined) {
    result = read(text);
    if (text.length > 32) return result;
    if (known.size >= mostKnown) known.clear();
    known.set(text, result);
  }
  return result;
}

function read(text: string): Result<Quantity, QuantityProblem> {
  if (text.length > maxLength) return failure('length');
  if (text === '') return failure('form');
  const match = form.exec(text);
  if (match === null) return failure('form');
  const [, sign = '', zeros = '', written = '', fraction = '', suffix = ''] = match;
  const number = written === '' ? '0' : written;
  const scaled = readSuffix(suffix);
  if (scaled === undefined) return failure('suffix');
  const { format, exponent } = scaled;
  const digits = number + fraction;
  const negative = sign === '-';
  const signed = (amount: bigint) => (negative ? -amount : amount);
  if (isFast(format, exponent, number, fraction)) {
    const scale = (format === 'binary' ? 0 : exponent) - fraction.length;
    const mantissa = format === 'binary' ? BigInt(digits) << BigInt(exponent) : BigInt(digits);
    const kept =
      format === 'binary'
        ? exponent % 10 === 0 && (BigInt(digits) & 7n) !== 0n
        : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
    if (mantissa <= maxInteger)
      return ok({ mantissa: signed(mantissa), exponent: scale, format, ...(kept || text === '0' ? { text } : {}) });
  }
  // The server's slow way reads no number where there is no digit; its fast way reads 0.
  if (zeros + written + fraction === '') return failure('number');
  if (format === 'binary') return ok({ ...binaryAmount(BigInt(digits) << BigInt(exponent), fraction.length, signed), isLarge: true });
  return ok({ ...roundToNano(signed(BigInt(digits)), exponent - fraction.length), format, isLarge: true });
}

function readSuffix(suffix: string): { readonly format: QuantityFormat; readonly exponent: number } | undefined {
  if (Object.hasOwn(decimalSuffixes, suffix)) return { format: 'decimal', exponent: decimalSuffixes[suffix] ?? 0 };
  if (Object.hasOwn(binarySuffixes, suffix)) return { format: 'binary', exponent: binarySuffixes[suffix] ?? 0 };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) return undefined;
  const written = BigInt(suffix.slice(1).replace('+', ''));
  if (written > maxInteger || written < -maxInteger - 1n) return undefined;
  return { format: 'exponent', exponent: Number(BigInt.asIntN(32, written)) };
}

/** The server's condition for holding an amount in 64 bits. */
function isFast(format: QuantityFormat, exponent: number, number: string, fraction: string): boolean {
  if (format === 'binary') return fraction === '' && 15 - number.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
  return 18 - number.length - fraction.length >= 0 && exponent - fraction.length >= -9;
}

function binaryAmount(mantissa: bigint, places: number, signed: (amount: bigint) => bigint): Quantity {
  let rounded = roundToNano(mantissa, -places);
  const atOne: Quantity = { ...rounded, format: 'binary' };
  if (compareQuantities(atOne, { mantissa: maxInteger, exponent: 0, format: 'binary' }) > 0)
    rounded = { mantissa: maxInteger, exponent: 0 };
  const small = rounded.mantissa > 0n && compareQuantities(atOne, { mantissa: 1n, exponent: 0, format: 'binary' }) < 0;
  return { mantissa: signed(rounded.mantissa), exponent: rounded.exponent, format: small ? 'decimal' : 'binary' };
}

/** Rounds away from zero to billionths. */
function roundToNano(mantissa: bigint, exponent: number): { readonly mantissa: bigint; readonly exponent: number } {
  if (exponent >= -9 || mantissa === 0n) return { mantissa, exponent: mantissa === 0n ? 0 : exponent };
  const dropped = -9 - exponent;
  if (dropped > decimalDigits(mantissa)) return { mantissa: mantissa < 0n ? -1n : 1n, exponent: -9 };
  return { mantissa: divideAwayFromZero(mantissa, 10n ** BigInt(dropped)), exponent: -9 };
}

function divideAwayFromZero(amount: bigint, divisor: bigint): bigint {
  const quotient = amount / divisor;
  if (quotient * divisor === amount) return quotient;
  return amount < 0n ? quotient - 1n : quotient + 1n;
}

function decimalDigits(amount: bigint): number {
  return (amount < 0n ? -amount : amount).toString().length;
}

/** Negative where `a` is the smaller amount, positive where it is the larger, 0 for equal amounts however they are written. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const signA = sign(a.mantissa);
  const signB = sign(b.mantissa);
  if (signA !== signB || signA === 0) return signA - signB;
  if (a.exponent === b.exponent) return sign(a.mantissa - b.mantissa);
  const order = decimalDigits(a.mantissa) + a.exponent - (decimalDigits(b.mantissa) + b.exponent);
  if (order !== 0) return order > 0 ? signA : -signA;
  const low = Math.min(a.exponent, b.exponent);
  return sign(at(a, low) - at(b, low));
}

function sign(amount: bigint): number {
  return amount > 0n ? 1 : amount < 0n ? -1 : 0;
}

function at(quantity: Quantity, exponent: number): bigint {
  return quantity.mantissa * 10n ** BigInt(quantity.exponent - exponent);
}

/** Powers of ten beyond which sums are not computed: no resource of the universe needs them, and they would cost memory without end. */
const maxSpread = 2048;

/** The sum, written like `a` unless `a` is zero. Amounts too far apart to be added exactly give the larger one. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.mantissa === 0n ? b.format : a.format;
  if (Math.abs(a.exponent - b.exponent) > maxSpread) {
    const { mantissa, exponent } = a.mantissa === 0n || (b.mantissa !== 0n && b.exponent > a.exponent) ? b : a;
    return { mantissa, exponent, format };
  }
  const exponent = Math.min(a.exponent, b.exponent);
  return { mantissa: at(a, exponent) + at(b, exponent), exponent, format };
}

/** `a` less `b`. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { mantissa: -b.mantissa, exponent: b.exponent, format: b.format });
}

/** The amount as a whole number of 10^`power`, fractions rounded away from zero: `0` for units, `-3` for thousandths (millicores). */
export function quantityIn(quantity: Quantity, power = 0): bigint {
  const shift = quantity.exponent - power;
  if (shift >= 0) return quantity.mantissa * 10n ** BigInt(Math.min(shift, maxSpread));
  if (-shift > decimalDigits(quantity.mantissa)) return BigInt(sign(quantity.mantissa));
  return divideAwayFromZero(quantity.mantissa, 10n ** BigInt(-shift));
}

/** The amount rounded away from zero to thousandths, as defaulting does to the resources of pods. */
export function roundedToMilli(quantity: Quantity): Quantity {
  return quantity.exponent >= -3 ? quantity : { mantissa: quantityIn(quantity, -3), exponent: -3, format: quantity.format };
}

/** The text the API server would give back. `1.5Gi` is `1536Mi`, `1024Mi` is `1Gi`, `0.5` is `500m`. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.mantissa === 0n) return '0';
  const { mantissa, exponent, format } = quantity;
  const whole = exponent >= 0 || (-exponent < decimalDigits(mantissa) && mantissa % 10n ** BigInt(-exponent) === 0n);
  if (format === 'binary' && whole) {
    const units = quantityIn(quantity);
    if (units <= -1024n || units >= 1024n) return binaryText(units);
  }
  return decimalText(mantissa, exponent, format === 'exponent');
}

function binaryText(units: bigint): string {
  let amount = units;
  let power = 0;
  while (amount % 1024n === 0n) {
    amount /= 1024n;
    power++;
  }
  return `${amount}${binaryNames[power] ?? ''}`;
}

function decimalText(mantissa: bigint, exponent: number, asExponent: boolean): string {
  let amount = mantissa;
  let power = exponent;
  while (amount % 10n === 0n) {
    amount /= 10n;
    power++;
  }
  while (power % 3 !== 0) {
    amount *= 10n;
    power--;
  }
  if (asExponent) return power === 0 ? `${amount}` : `${amount}e${power}`;
  // Beyond exa the server has no suffix and writes none.
  return `${amount}${decimalNames.get(power) ?? ''}`;
}

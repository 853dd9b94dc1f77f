// What a plain YAML scalar means to Kubernetes: neither YAML 1.1 nor 1.2, but what sigs.k8s.io/yaml 1.6 over go.yaml.in/yaml/v2 2.4 resolves
// before the value becomes JSON. `yes`, `on` and `y` are booleans, `0644` is 420, `08` is 8, `1_000` is 1000, `1e400` and dates are strings.
// Integers reach from -2^63 to 2^64-1 and are handed on as numbers, so beyond 2^53 they are rounded; the caller reports that.
// Left out: the keys `-0.0` (there "-0") and `!!float 9007199254740993` (there in the form of a 32-bit float).

/** A resolved plain scalar. `NaN` and infinities come back as numbers; JSON has no word for them, the caller reports that. */
export type Scalar = null | boolean | number | string;

const words = new Map<string, Scalar>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, null);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) words.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) words.set(word, false);
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, Number.NaN);
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) words.set(word, Number.POSITIVE_INFINITY);
for (const word of ['-.inf', '-.Inf', '-.INF']) words.set(word, Number.NEGATIVE_INFINITY);

/** By first character: 1 may be a word of the list, 2 may be a number (or a word such as `.inf`). */
const hints = new Uint8Array(128);
for (const character of 'yYnNtTfFoO~') hints[character.charCodeAt(0)] = 1;
for (const character of '0123456789+-.') hints[character.charCodeAt(0)] = 2;

const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const signBehindBase = /^0b([-+])([01]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Behind a leading dot underscores may only stand between digits. */
const fraction = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;
const leastInteger = -(2n ** 63n);
const greatestInteger = 2n ** 63n - 1n;
const greatestUnsigned = 2n ** 64n - 1n;

/** Resolves the text of an untagged plain scalar. `resolvePlain('0644')` is 420, `resolvePlain('1:30')` is `'1:30'`. */
export function resolvePlain(text: string): Scalar {
  if (text === '') return null;
  const first = text.charCodeAt(0);
  const hint = first < 128 ? hints[first] : 0;
  if (hint === 0) return text;
  if (text.length <= 5) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  return hint === 2 ? (resolveNumber(text) ?? text) : text;
}

/** The number a plain scalar stands for, or undefined where it stands for none. */
export function resolveNumber(text: string): number | undefined {
  const whole = resolveInteger(text);
  if (whole !== undefined) return Number(whole);
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (!(text.startsWith('.') ? fraction.test(text) : float.test(plain))) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** The integer a plain scalar stands for, exactly; undefined where it stands for none, or for one that needs more than 64 bits. */
export function resolveInteger(text: string): number | bigint | undefined {
  if (text.startsWith('.')) return undefined;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const match = integer.exec(plain) ?? signedBinary(plain);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits =
    hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : octal !== undefined ? `0o${octal}` : (decimal ?? '0');
  const small = Number(digits);
  if (small <= Number.MAX_SAFE_INTEGER) return sign === '-' && small !== 0 ? -small : small;
  if (digits.length > 80) return undefined;
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return value >= leastInteger && value <= (sign === '' ? greatestUnsigned : greatestInteger) ? value : undefined;
}

/** `0b-1` is -1: a slip of the Go reader that is part of the dialect. */
function signedBinary(plain: string): readonly (string | undefined)[] | null {
  const match = signBehindBase.exec(plain);
  return match === null ? null : ['', match[1], undefined, match[2], undefined, undefined];
}

/** How a plain scalar reads as the key of a map, where keys are strings. Undefined for null and for integers over 2^63, which no key can be. */
export function plainKey(text: string): string | undefined {
  const value = resolvePlain(text);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return undefined;
  const whole = resolveInteger(text);
  if (whole !== undefined) return whole > greatestInteger ? undefined : String(whole);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return floatKey(value);
}

/** A float as Go's `strconv.FormatFloat(value, 'g', -1, 32)` writes it: the fewest digits that give the same 32-bit float. */
function floatKey(value: number): string {
  const target = Math.fround(value);
  if (!Number.isFinite(target)) return target > 0 ? '.inf' : '-.inf';
  if (target === 0) return '0';
  let shortest = '';
  for (let digits = 1; digits <= 17; digits++) {
    shortest = target.toExponential(digits - 1);
    if (Math.fround(Number(shortest)) === target) break;
  }
  const [mantissa = '', power = '0'] = shortest.split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return plainDecimal(mantissa, exponent);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plainDecimal(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = digits.slice(exponent + 1);
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}

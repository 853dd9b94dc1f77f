// `semver("1.2.3")` (Kubernetes 1.33): Semantic Versioning 2.0.0; with `true` as second argument a leading `v`, leading zeros and
// missing parts are put right first.

import { fn, type Library, method, readType } from '../function.ts';
import { typeOfType } from '../type.ts';
import { CelError, integer, Opaque, TypeValue, type Value } from '../value.ts';

export class Version extends Opaque {
  readonly type = readType('semver');
  readonly text: string;
  readonly numbers: readonly bigint[];
  readonly preRelease: readonly string[];
  constructor(text: string, numbers: readonly bigint[], preRelease: readonly string[]) {
    super();
    this.text = text;
    this.numbers = numbers;
    this.preRelease = preRelease;
  }
  equals(other: Opaque): boolean {
    return other instanceof Version && order(this, other) === 0;
  }
}

const maxNumber = (1n << 64n) - 1n;
const word = /^[0-9A-Za-z-]*$/;

/** Reads a version in the order of blang/semver 4, whose complaints these are. */
function read(text: string): Version | CelError {
  if (text === '') return new CelError('Version string empty');
  const [major = '', minor, ...rest] = text.split('.');
  if (minor === undefined || rest.length === 0) return new CelError('No Major.Minor.Patch elements found');
  const [head = '', build] = cut(rest.join('.'), '+');
  const [patch = '', preRelease] = cut(head, '-');
  const numbers: bigint[] = [];
  for (const [name, digits] of [
    ['Major', major],
    ['Minor', minor],
    ['Patch', patch],
  ] as const) {
    const wrong = numberFault(name, digits);
    if (wrong !== undefined) return new CelError(wrong);
    numbers.push(BigInt(digits));
  }
  for (const part of preRelease ?? []) {
    if (part === '') return new CelError('Prerelease is empty');
    if (/^0[0-9]+$/.test(part)) return new CelError(`Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}`);
    if (!word.test(part)) return new CelError(`Invalid character(s) found in prerelease ${JSON.stringify(part)}`);
  }
  for (const part of build ?? []) {
    if (part === '') return new CelError('Build meta data is empty');
    if (!word.test(part)) return new CelError(`Invalid character(s) found in build meta data ${JSON.stringify(part)}`);
  }
  return new Version(text, numbers, preRelease ?? []);
}

/** What is before the mark, and the parts of what is after it. */
function cut(text: string, mark: string): readonly [string, (readonly string[])?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1).split('.')];
}

function numberFault(name: string, digits: string): string | undefined {
  const shown = JSON.stringify(digits);
  if (!/^[0-9]*$/.test(digits)) return `Invalid character(s) found in ${name.toLowerCase()} number ${shown}`;
  if (digits.length > 1 && digits.startsWith('0')) return `${name} number must not contain leading zeroes ${shown}`;
  if (digits === '') return `strconv.ParseUint: parsing ${shown}: invalid syntax`;
  return digits.length > 20 || BigInt(digits) > maxNumber ? `strconv.ParseUint: parsing ${shown}: value out of range` : undefined;
}

function normalized(text: string): Version | CelError {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])].map((part) => {
    if (part.length < 2) return part;
    const bare = part.replace(/^0+/, '');
    return /^[0-9]/.test(bare) ? bare : `0${bare}`;
  });
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) return new CelError('short version cannot contain PreRelease/Build meta data');
  while (parts.length < 3) parts.push('0');
  return read(parts.join('.'));
}

function order(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0)
    return Math.sign(Math.min(b.preRelease.length, 1) - Math.min(a.preRelease.length, 1));
  for (const [index, part] of a.preRelease.entries()) {
    const other = b.preRelease[index];
    if (other === undefined) return 1;
    if (part !== other) return partOrder(part, other);
  }
  return a.preRelease.length < b.preRelease.length ? -1 : 0;
}

/** Numbers come before words. */
function partOrder(a: string, b: string): number {
  const [x, y] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
  if (x && y) return BigInt(a) < BigInt(b) ? -1 : 1;
  if (x !== y) return x ? -1 : 1;
  return a < b ? -1 : 1;
}

const part =
  (index: number) =>
  (version: Version): Value =>
    integer(version.numbers[index] ?? 0n) ?? new CelError('integer overflow');
const chosen = (text: string, normalize: boolean) => (normalize ? normalized(text) : read(text));

export const semver: Library = {
  constants: [{ name: 'kubernetes.Semver', type: typeOfType(readType('semver')), value: new TypeValue('kubernetes.Semver') }],
  functions: [
    fn('semver', 'string_to_semver', 'string -> semver', read),
    fn('semver', 'string_bool_to_semver', 'string, bool -> semver', chosen),
    fn('isSemver', 'is_semver_string', 'string -> bool', (text: string) => read(text) instanceof Version),
    fn(
      'isSemver',
      'is_semver_string_bool',
      'string, bool -> bool',
      (text: string, normalize: boolean) => chosen(text, normalize) instanceof Version,
    ),
    method('isGreaterThan', 'semver_is_greater_than', 'semver, semver -> bool', (a: Version, b: Version) => order(a, b) > 0),
    method('isLessThan', 'semver_is_less_than', 'semver, semver -> bool', (a: Version, b: Version) => order(a, b) < 0),
    method('compareTo', 'semver_compare_to', 'semver, semver -> int', order),
    method('major', 'semver_major', 'semver -> int', part(0)),
    method('minor', 'semver_minor', 'semver -> int', part(1)),
    method('patch', 'semver_patch', 'semver -> int', part(2)),
  ],
};

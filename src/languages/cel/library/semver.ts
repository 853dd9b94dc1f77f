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

const form = /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;
const maxNumber = (1n << 64n) - 1n;

function read(text: string): Version | CelError {
  const match = form.exec(text);
  if (match === null) return new CelError(`Invalid character(s) found in version ${JSON.stringify(text)}`);
  const numbers = match.slice(1, 4).map(BigInt);
  const preRelease = match[4]?.split('.') ?? [];
  const build = match[5]?.split('.') ?? [];
  const wrong = [...preRelease, ...build].some((part) => part === '') || preRelease.some((part) => /^0[0-9]+$/.test(part));
  return wrong || numbers.some((number) => number > maxNumber)
    ? new CelError(`invalid version ${JSON.stringify(text)}`)
    : new Version(text, numbers, preRelease);
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

// IP addresses and blocks in fields of core types, as k8s.io/apimachinery/pkg/util/validation/ip.go (1.36) judges them: what was once let
// through (leading zeros, IPv4-mapped IPv6) is refused since 1.36 in new values (KEP-4858), and always warned about.

import { type Cidr, parseAddress, parseCidr } from '../../../lib/cidr.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';

const leadingZero = /(?:^|[.:])0[0-9]+(?=\.|$)/;

function isMapped(text: string, address: Cidr): boolean {
  return address.family === 4 && text.includes(':');
}

/** An address of a field that was checked loosely before 1.36; `old` are values that may stay. */
export function validateAddress(text: string, path: Path, errors: FieldError[], strict: boolean, old: readonly string[] = []): boolean {
  if (old.includes(text)) return true;
  const address = parseAddress(text);
  if (address === undefined) {
    errors.push(invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
    return false;
  }
  if (!strict) return true;
  const zeros = leadingZero.test(text);
  if (zeros) errors.push(invalid(path, text, 'must not have leading 0s'));
  else if (isMapped(text, address)) errors.push(invalid(path, text, 'must not be an IPv4-mapped IPv6 address'));
  return !zeros && !isMapped(text, address);
}

/** A block of such a field. */
export function validateBlock(text: string, path: Path, errors: FieldError[], strict: boolean, old: readonly string[] = []): void {
  if (old.includes(text)) return;
  const block = parseCidr(text);
  if (block === undefined) {
    errors.push(invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'));
    return;
  }
  if (!strict) return;
  const [address = '', prefix = ''] = text.split('/');
  if (leadingZero.test(address) || /^0[0-9]/.test(prefix))
    errors.push(invalid(path, text, 'must not have leading 0s in IP or prefix length'));
  else if (isMapped(address, block)) errors.push(invalid(path, text, 'must not have an IPv4-mapped IPv6 address'));
  else if (parseAddress(address)?.first !== block.first)
    errors.push(invalid(path, text, 'must not have bits set beyond the prefix length'));
}

/** Addresses that a Service's traffic may not go to. */
export function validateEndpointAddress(text: string, path: Path, errors: FieldError[]): void {
  const address = parseAddress(text);
  if (address === undefined) {
    errors.push(invalid(path, text, 'must be a valid IP address'));
    return;
  }
  const { first, family } = address;
  if (first === 0n) errors.push(invalid(path, text, `may not be unspecified (${text})`));
  if (family === 4 ? first >> 24n === 127n : first === 1n)
    errors.push(invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (family === 4 ? first >> 16n === 0xa9fen : first >> 118n === 0x3fan)
    errors.push(invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (family === 4 ? first >> 8n === 0xe00000n : first >> 112n === 0xff02n)
    errors.push(invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
}

/** True for two addresses or blocks of which one is IPv4 and the other IPv6. */
export function isDualStack(values: readonly string[], read: (text: string) => Cidr | undefined): boolean {
  const families = new Set(values.map((value) => read(value)?.family));
  return families.has(4) && families.has(6);
}

/** Warnings about an address that was let through: what other programs may read otherwise. */
export function addressWarnings(text: string, path: Path): readonly string[] {
  const address = parseAddress(text);
  if (address === undefined) return [];
  const canonical = formatAddress(address);
  if (leadingZero.test(text) || isMapped(text, address))
    return [`${path}: non-standard IP address ${goQuote(text)} is invalid: use ${goQuote(canonical)}`];
  if (address.family === 6 && canonical !== text)
    return [`${path}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
  return [];
}

/** Warnings about a block that was let through. */
export function blockWarnings(text: string, path: Path): readonly string[] {
  const block = parseCidr(text);
  const [written = '', prefix = ''] = text.split('/');
  const address = parseAddress(written);
  if (block === undefined || address === undefined) return [];
  const canonical = `${formatAddress(block)}/${block.bits}`;
  const warnings: string[] = [];
  if (address.first !== block.first)
    warnings.push(
      `${path}: CIDR value ${goQuote(text)} is ambiguous in this context (should be ${goQuote(canonical)} or ${goQuote(`${formatAddress(address)}/${address.bits}`)}?)`,
    );
  if (leadingZero.test(written) || /^0[0-9]/.test(prefix) || isMapped(written, address))
    warnings.push(`${path}: non-standard CIDR value ${goQuote(text)} is invalid: use ${goQuote(canonical)}`);
  const asWritten = `${formatAddress(address)}/${block.bits}`;
  if (warnings.length === 0 && block.family === 6 && asWritten !== text)
    warnings.push(`${path}: IPv6 CIDR value ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(asWritten)})`);
  return warnings;
}

/**
 * The first address of a block, as RFC 5952 writes it.
 *
 * @example `formatAddress({ family: 6, first: 1n, bits: 128 })` is `'::1'`
 */
export function formatAddress({ family, first }: Cidr): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 0xffn).join('.');
  const groups = [...new Array(8).keys()].map((index) => ((first >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let start = -1;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === '0') to++;
    if (to - from > length) {
      start = from;
      length = to - from;
    }
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** An address with the length of its network, in canonical form: `10.9.8.7/24`. */
export function validateInterfaceAddress(value: string, path: Path, errors: FieldError[]): void {
  const slash = value.indexOf('/');
  const address = slash < 0 ? undefined : parseAddress(value.slice(0, slash));
  const range = parseCidr(value);
  if (address === undefined || range === undefined) {
    errors.push(invalid(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'));
    return;
  }
  const canonical = `${formatAddress(address)}/${range.bits}`;
  if (value !== canonical) errors.push(invalid(path, value, `must be in canonical form (${JSON.stringify(canonical)})`));
}

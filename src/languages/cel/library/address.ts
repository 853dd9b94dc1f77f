// IP addresses and blocks as Go's net/netip reads and writes them, with its words for what is wrong. Zones and IPv4-mapped IPv6 addresses
// are refused, as Kubernetes' CEL library does.

import { opaque } from '../type.ts';
import { CelError, Opaque } from '../value.ts';

export class Ip extends Opaque {
  readonly type = opaque('net.IP');
  readonly family: 4 | 6;
  readonly bits: bigint;
  constructor(family: 4 | 6, bits: bigint) {
    super();
    this.family = family;
    this.bits = bits;
  }
  equals(other: Opaque): boolean {
    return other instanceof Ip && other.family === this.family && other.bits === this.bits;
  }
  override get size(): number {
    return this.family === 4 ? 4 : 16;
  }
  override toString(): string {
    return this.family === 4 ? dotted(this.bits) : colons(this.bits);
  }
}

export class IpBlock extends Opaque {
  readonly type = opaque('net.CIDR');
  readonly address: Ip;
  readonly prefix: number;
  constructor(address: Ip, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }
  equals(other: Opaque): boolean {
    return other instanceof IpBlock && other.prefix === this.prefix && other.address.equals(this.address);
  }
  override get size(): number {
    return Math.ceil(this.prefix / 8);
  }
  masked(): IpBlock {
    const rest = BigInt((this.address.family === 4 ? 32 : 128) - this.prefix);
    return new IpBlock(new Ip(this.address.family, (this.address.bits >> rest) << rest), this.prefix);
  }
  contains(ip: Ip): boolean {
    if (ip.family !== this.address.family) return false;
    const rest = BigInt((ip.family === 4 ? 32 : 128) - this.prefix);
    return ip.bits >> rest === this.address.bits >> rest;
  }
  override toString(): string {
    return `${this.address}/${this.prefix}`;
  }
}

/** `ip("…")`. */
export function parseIp(text: string): Ip | CelError {
  const read = readAddress(text);
  if (typeof read === 'string')
    return new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string: ${read}`);
  if (read.zone) return new CelError(`IP address ${JSON.stringify(text)} with zone value is not allowed`);
  if (isMapped(read.ip)) return new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return read.ip;
}

/** `cidr("…")`. */
export function parseBlock(text: string): IpBlock | CelError {
  const wrong = (why: string) =>
    new CelError(
      `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): ${why}`,
    );
  const slash = text.lastIndexOf('/');
  if (slash < 0) return wrong("no '/'");
  const read = readAddress(text.slice(0, slash));
  if (typeof read === 'string') return wrong(read);
  if (read.zone) return wrong('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,3})$/.test(bits)) return wrong(`bad bits after slash: ${JSON.stringify(bits)}`);
  if (Number(bits) > (read.ip.family === 4 ? 32 : 128)) return wrong('prefix length out of range');
  if (isMapped(read.ip))
    return new CelError(
      `network address parse error during conversion from string: IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`,
    );
  return new IpBlock(read.ip, Number(bits));
}

function isMapped(ip: Ip): boolean {
  return ip.family === 6 && ip.bits >> 32n === 0xffffn;
}

/** The address, or what is wrong with the text. */
function readAddress(text: string): { readonly ip: Ip; readonly zone: boolean } | string {
  const wrong = (why: string, at?: string) =>
    `ParseAddr(${JSON.stringify(text)}): ${why}${at === undefined ? '' : ` (at ${JSON.stringify(at)})`}`;
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') {
    const four = readDotted(text);
    return typeof four === 'string' ? wrong(four) : { ip: new Ip(4, four), zone: false };
  }
  if (first === '%') return wrong('missing IPv6 address');
  if (first === undefined) return wrong('unable to parse IP');
  const percent = text.indexOf('%');
  if (percent >= 0 && percent === text.length - 1) return wrong('zone must be a non-empty string');
  const six = readColons(percent < 0 ? text : text.slice(0, percent));
  return typeof six === 'object' ? wrong(six.why, six.at) : { ip: new Ip(6, six), zone: percent >= 0 };
}

function readDotted(text: string): bigint | string {
  const fields = text.split('.');
  let bits = 0n;
  for (const [index, field] of fields.entries()) {
    if (index > 3) return 'IPv4 address too long';
    if (field === '') return 'IPv4 field must have at least one digit';
    if (!/^[0-9]+$/.test(field)) return 'unexpected character';
    if (field.length > 1 && field.startsWith('0')) return 'IPv4 field has octet with leading zero';
    if (Number(field) > 255) return 'IPv4 field has value >255';
    bits = (bits << 8n) | BigInt(field);
  }
  return fields.length < 4 ? 'IPv4 address too short' : bits;
}

type Wrong = { readonly why: string; readonly at?: string };

function readColons(text: string): bigint | Wrong {
  const groups: bigint[] = [];
  let rest = text;
  let ellipsis = -1;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
    if (rest === '') return 0n;
  }
  while (groups.length < 8) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) return { why: 'each group must have 4 or less digits', at: rest };
    if (digits === '') return { why: 'each colon-separated field must have at least one digit', at: rest };
    if (rest[digits.length] === '.') {
      if (ellipsis < 0 && groups.length !== 6)
        return { why: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest };
      if (groups.length > 6) return { why: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest };
      const four = readDotted(rest);
      if (typeof four === 'string') return { why: four, at: rest };
      groups.push(four >> 16n, four & 0xffffn);
      rest = '';
      break;
    }
    groups.push(BigInt(`0x${digits}`));
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (rest[0] !== ':') return { why: 'unexpected character, want colon', at: rest };
    if (rest.length === 1) return { why: 'colon must be followed by more characters', at: rest };
    rest = rest.slice(1);
    if (rest[0] !== ':') continue;
    if (ellipsis >= 0) return { why: 'multiple :: in address', at: rest };
    ellipsis = groups.length;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return { why: 'trailing garbage after address', at: rest };
  if (groups.length < 8 && ellipsis < 0) return { why: 'address string too short' };
  if (groups.length === 8 && ellipsis >= 0) return { why: 'the :: must expand to at least one field of zeros' };
  const missing = new Array<bigint>(8 - groups.length).fill(0n);
  if (ellipsis >= 0) groups.splice(ellipsis, 0, ...missing);
  return groups.reduce((sum, group) => (sum << 16n) | group, 0n);
}

function dotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`. */
function colons(bits: bigint): string {
  if (bits >> 32n === 0xffffn) return `::ffff:${dotted(bits & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) => (bits >> BigInt(112 - index * 16)) & 0xffffn);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0n) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(':');
  if (best.at < 0) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}

// A client certificate as far as authentication needs it, read from its DER bytes (X.509, RFC 5280): subject, time, purposes, UID. A small
// reader of our own, since the pure core has no cryptography; whether a signature holds is asked of a `Verifier`.
// Kubernetes reads the last common name as the user and every organisation as a group.
// Left out: the other extensions, and names in encodings other than those in use (UTF8, Printable, IA5, Teletex, BMP, Universal).

import { base64Bytes } from './jwt.ts';

export interface Certificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Values of the attribute 1.3.6.1.4.1.57683.2, which is the user's UID from 1.33 on. */
  readonly uids: readonly string[];
  /** Milliseconds since 1970; undefined where it cannot be read. */
  readonly notBefore: number | undefined;
  readonly notAfter: number | undefined;
  /** Identifiers of extended key usages; undefined where the certificate is for any purpose. */
  readonly usages: readonly string[] | undefined;
  /** True where the basic constraints say that it may sign others. */
  readonly isAuthority?: boolean;
  /** The issuer's common name. */
  readonly issuer: string;
  readonly bytes: Uint8Array;
}

export const clientAuth = '1.3.6.1.5.5.7.3.2';
export const anyUsage = '2.5.29.37.0';
const commonName = '2.5.4.3';
const organization = '2.5.4.10';
const uid = '1.3.6.1.4.1.57683.2';
const extendedKeyUsage = '2.5.29.37';
const basicConstraints = '2.5.29.19';

/** The certificates of a PEM text, in order; other blocks, keys among them, are passed over. Blocks that are no certificate are undefined. */
export function readPem(text: string): readonly (Certificate | undefined)[] {
  const found: (Certificate | undefined)[] = [];
  const begin = '-----BEGIN CERTIFICATE-----';
  const end = '-----END CERTIFICATE-----';
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
    const close = text.indexOf(end, at);
    if (close < 0) break;
    const bytes = base64Bytes(text.slice(at + begin.length, close).replace(/\s+/g, ''));
    found.push(bytes && readCertificate(bytes));
  }
  return found;
}

/** Reads one certificate; undefined for bytes that are none. */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  const body = children(bytes, element(bytes, 0))[0];
  if (body === undefined || body.tag !== 0x30) return undefined;
  const fields = children(bytes, body);
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [issuer, validity, subject] = [fields[first + 2], fields[first + 3], fields[first + 4]];
  if (issuer === undefined || validity === undefined || subject === undefined) return undefined;
  const [notBefore, notAfter] = children(bytes, validity).map((one) => timeOf(text(bytes, one), one.tag));
  const names = attributes(bytes, subject);
  const extensions = fields.find(({ tag }) => tag === 0xa3);
  const of = (type: string) => names.filter(([own]) => own === type).map(([, value]) => value);
  return {
    commonName: of(commonName).at(-1) ?? '',
    organizations: of(organization),
    uids: of(uid),
    notBefore,
    notAfter,
    usages: usagesOf(bytes, extensions),
    isAuthority: isAuthority(bytes, extensions),
    issuer:
      attributes(bytes, issuer)
        .filter(([own]) => own === commonName)
        .at(-1)?.[1] ?? '',
    bytes,
  };
}

interface Element {
  readonly tag: number;
  /** Where its content begins, and where it ends. */
  readonly from: number;
  readonly to: number;
}

const mostElements = 4096;

/** One element: tag, length, content. Lengths that run over the end are cut there, and then nothing inside fits. */
function element(bytes: Uint8Array, at: number, end = bytes.length): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return inside({ tag, from: at + 2, to: at + 2 + first }, end);
  const count = first & 0x7f;
  if (count === 0 || count > 4) return undefined;
  let length = 0;
  for (let index = 0; index < count; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0);
  return inside({ tag, from: at + 2 + count, to: at + 2 + count + length }, end);
}

function inside(found: Element, end: number): Element | undefined {
  return found.to > end ? undefined : found;
}

function children(bytes: Uint8Array, parent: Element | undefined): readonly Element[] {
  const found: Element[] = [];
  for (let at = parent?.from ?? 0; parent !== undefined && at < parent.to && found.length < mostElements; ) {
    const one = element(bytes, at, parent.to);
    if (one === undefined) break;
    found.push(one);
    at = one.to;
  }
  return found;
}

/** The attributes of a name, in the order they are written: a sequence of sets of (type, value). */
function attributes(bytes: Uint8Array, name: Element): readonly (readonly [type: string, value: string])[] {
  return children(bytes, name)
    .flatMap((set) => children(bytes, set))
    .map((pair) => {
      const [type, value] = children(bytes, pair);
      return [identifier(bytes, type), value === undefined ? '' : text(bytes, value)] as const;
    });
}

function text(bytes: Uint8Array, { tag, from, to }: Element): string {
  const content = bytes.subarray(from, to);
  if (tag === 0x0c) return new TextDecoder().decode(content);
  const width = tag === 0x1e ? 2 : tag === 0x1c ? 4 : 1;
  let found = '';
  for (let at = 0; at + width <= content.length; at += width) {
    let code = 0;
    for (let index = 0; index < width; index++) code = code * 256 + (content[at + index] ?? 0);
    found += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return found;
}

/** An object identifier: `2.5.4.3`. */
function identifier(bytes: Uint8Array, found: Element | undefined): string {
  if (found === undefined || found.tag !== 0x06) return '';
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of bytes.subarray(found.from, found.to)) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length > 0) arcs.push(arc);
    else arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    arc = 0;
  }
  return arcs.join('.');
}

/** `251121195042Z` of UTCTime, which stands for 1950 to 2049, or `20501121195042Z` of GeneralizedTime. */
function timeOf(written: string, tag: number): number | undefined {
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(written);
  if (match === null || (match[1]?.length === 2) !== (tag === 0x17)) return undefined;
  const [year = 0, month = 0, day, hour, minute, second] = match.slice(1).map(Number);
  const full = tag === 0x17 ? year + (year < 50 ? 2000 : 1900) : year;
  return Date.UTC(full, month - 1, day, hour, minute, second);
}

function usagesOf(bytes: Uint8Array, extensions: Element | undefined): readonly string[] | undefined {
  return extension(bytes, extensions, extendedKeyUsage)?.map((one) => identifier(bytes, one));
}

function isAuthority(bytes: Uint8Array, extensions: Element | undefined): boolean {
  const first = extension(bytes, extensions, basicConstraints)?.[0];
  return first?.tag === 0x01 && bytes[first.from] === 0xff;
}

/** The members of an extension's value; undefined where the certificate has no such extension. */
function extension(bytes: Uint8Array, extensions: Element | undefined, type: string): readonly Element[] | undefined {
  for (const found of children(bytes, children(bytes, extensions)[0])) {
    const parts = children(bytes, found);
    const value = parts.at(-1);
    if (identifier(bytes, parts[0]) !== type || value?.tag !== 0x04) continue;
    return children(bytes, element(bytes, value.from, value.to));
  }
  return undefined;
}

// A PKCS #10 certificate request (RFC 2986) as Go's crypto/x509 and encoding/asn1 (Go 1.26) read its outer structure, with their words for what
// does not fit. Left out: what its names and its key hold; its signature is looked at in `signatures.ts`.

import { pemBlocks } from './pem.ts';

interface Header {
  readonly class: number;
  readonly tag: number;
  readonly length: number;
  readonly isCompound: boolean;
  /** Where the content begins. */
  readonly start: number;
}

const sequence = 16;
const truncated = 'asn1: syntax error: data truncated';
const parameters =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}';

/** What is wrong with a request in PEM; undefined where its structure is that of a request. `requestProblem('')` says what block is wanted. */
export function requestProblem(pem: string): string | undefined {
  const [block] = pemBlocks(pem);
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  const { bytes } = block;
  const whole = element(bytes, 0, bytes.length, sequence, 'certificateRequest');
  if (typeof whole === 'string') return whole;
  if (whole.start + whole.length < bytes.length) return 'asn1: syntax error: trailing data';
  return members(bytes, whole, [
    [sequence, 'tbsCertificateRequest', (info) => members(bytes, info, informationFields)],
    [sequence, 'AlgorithmIdentifier'],
    [3, 'BitString'],
  ]);
}

type Field = readonly [tag: number | undefined, type: string, inner?: (header: Header) => string | undefined];

/** Version, subject, which is any element, and public key; attributes are not looked at. */
const informationFields: readonly Field[] = [
  [2, 'int'],
  [undefined, 'RawValue'],
  [sequence, 'publicKeyInfo'],
];

function members(bytes: Uint8Array, parent: Header, fields: readonly Field[]): string | undefined {
  const end = parent.start + parent.length;
  let at = parent.start;
  for (const [tag, type, inner] of fields) {
    const found = element(bytes, at, end, tag, type);
    const problem = typeof found === 'string' ? found : inner?.(found);
    if (typeof found === 'string' || problem !== undefined) return problem;
    at = found.start + found.length;
  }
  return undefined;
}

/** The element at a place, or what is wrong with it. */
function element(bytes: Uint8Array, at: number, end: number, tag: number | undefined, type: string): Header | string {
  if (at >= end) return 'asn1: syntax error: sequence truncated';
  const header = headerAt(bytes, at);
  if (typeof header === 'string') return header;
  const fits = tag === undefined || (header.class === 0 && header.tag === tag && header.isCompound === (tag === sequence));
  if (!fits) {
    const { class: own, tag: number, length, isCompound } = header;
    const shown = `{class:${own} tag:${number} length:${length} isCompound:${isCompound}}`;
    return `asn1: structure error: tags don't match (${tag} vs ${shown}) ${parameters} ${type} @${header.start}`;
  }
  return header.start + header.length > end ? truncated : header;
}

/** Reads the header of the element at a place, or says what is wrong with it. */
export function headerAt(bytes: Uint8Array, at: number): Header | string {
  const first = bytes[at] ?? 0;
  const size = bytes[at + 1];
  if ((first & 31) === 31) return 'asn1: structure error: base 128 integer too large';
  if (size === undefined) return 'asn1: syntax error: truncated tag or length';
  const more = size > 127 ? size & 127 : 0;
  if (size === 128) return 'asn1: syntax error: indefinite length found (not DER)';
  let length = size > 127 ? 0 : size;
  for (let index = 0; index < more; index++) {
    const byte = bytes[at + 2 + index];
    if (byte === undefined) return 'asn1: syntax error: truncated tag or length';
    if (length >= 1 << 23) return 'asn1: structure error: length too large';
    length = length * 256 + byte;
    if (length === 0) return 'asn1: structure error: superfluous leading zeros in length';
  }
  if (more > 0 && length < 128) return 'asn1: structure error: non-minimal length';
  return { class: first >> 6, tag: first & 31, length, isCompound: (first & 32) !== 0, start: at + 2 + more };
}

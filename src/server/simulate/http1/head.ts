// The head of an HTTP/1 request as Go's net/http reads it (1.26, readRequest and readTransfer), and its refusals: what is no request is a plain
// 400, an unknown version a 505, a coding other than `chunked` a 501. Lines may end without a carriage return, headers go on in lines that
// begin with a blank, any token is a method; a length that is given twice must be the same, and chunks win over it.

import type { IncomingHttpHeaders } from 'node:http';
import { withoutEnds } from '../../../lib/text.ts';
import { goQuote } from '../../../request/fields/go-text.ts';
import { requestTarget } from './target.ts';

export interface Head {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** True for HTTP/1.0 and before: no chunks, and the connection closes unless its client wants it kept. */
  readonly isOld: boolean;
  /** Of several headers with one name the first, by lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** `[name, value, name, value…]`. */
  readonly rawHeaders: readonly string[];
  /** Bytes of the body. */
  readonly length: number | 'chunked';
  /** The connection ends with the answer. */
  readonly isLast: boolean;
  /** The client waits to be told that it may send the body. */
  readonly awaitsContinue: boolean;
  /** It expects what nobody can give. */
  readonly expectsOther: boolean;
}

/** What Go's server says, with nothing before or after it. */
export interface HeadRefusal {
  readonly refused: string;
}

/** More than this is too much: a megabyte, and what Go reads ahead. */
export const largestHead = 1024 * 1024 + 4096;

const plain = { refused: '400 Bad Request' };
const bad = (why: string): HeadRefusal => ({ refused: `400 Bad Request: ${why}` });

/** Reads the lines before the empty one, as Latin-1. */
export function readHead(text: string): Head | HeadRefusal {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const [method = '', target, ...version] = (lines[0] ?? '').split(' ');
  const [, major = '', minor = ''] = /^HTTP\/([0-9])\.([0-9])$/.exec(version.join(' ')) ?? [];
  if (target === undefined || version.length === 0 || !token.test(method) || major === '') return plain;
  const path = requestTarget(method, decodedUtf8(target));
  if (path === undefined) return plain;
  const rawHeaders = headerLines(lines.slice(1));
  if (typeof rawHeaders === 'string') return plain;
  const named = grouped(rawHeaders);
  const hosts = named.get('host') ?? [];
  if (hosts.length > 1) return plain;
  const isOld = major === '0' || (major === '1' && minor === '0');
  const codings = isOld ? undefined : named.get('transfer-encoding');
  if (codings !== undefined && (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked')) return { refused: unsupportedCoding };
  const length = contentLength(named.get('content-length') ?? []);
  if (length === undefined || (codings !== undefined && (named.get('trailer') ?? []).some(isForbiddenTrailer))) return plain;
  const isPreface = major === '2' && minor === '0' && method === 'PRI' && target === '*';
  const isUpgrade = isPreface && rawHeaders.length === 0;
  if (major !== '1' && !isPreface) return { refused: '505 HTTP Version Not Supported: unsupported protocol version' };
  if (!isOld && hosts.length === 0 && !isUpgrade && method !== 'CONNECT') return bad('missing required Host header');
  if (!hosts.every((host) => validHost.test(host))) return bad('malformed Host header');
  for (const name of named.keys()) if (name.includes(' ')) return bad('invalid header name');
  const connection = named.get('connection') ?? [];
  const expected = named.get('expect')?.[0] ?? '';
  const awaitsContinue = hasToken([expected], '100-continue');
  return {
    method,
    path,
    isOld,
    headers: firsts(named),
    rawHeaders,
    length: codings === undefined ? length : 'chunked',
    isLast: isUpgrade || hasToken(connection, 'close') || (isOld && !hasToken(connection, 'keep-alive')),
    awaitsContinue: awaitsContinue && !isOld && (codings !== undefined || length > 0),
    expectsOther: expected !== '' && !awaitsContinue,
  };
}

export const unsupportedCoding = '501 Not Implemented';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Names with blanks are headers to the reader, and refused after everything else. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z ]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const validHost = /^[A-Za-z0-9!$%&()*+,\-.:;='[\]_~]*$/;
const blanks = ' \t';

/** Headers of such lines as `[name, value…]`, or what is wrong with them in the words of Go's net/textproto. */
export function headerLines(lines: readonly string[]): readonly string[] | string {
  const [first = ''] = lines;
  if (/^[ \t]/.test(first)) return `malformed MIME header initial line: ${goQuote(first.slice(0, 80))}`;
  const pairs: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at++] ?? '';
    if (line === '') break;
    if (!line.includes(':')) return `malformed MIME header: missing colon: ${goQuote(line)}`;
    const parts = [withoutEnds(line, blanks)];
    while (/^[ \t]/.test(lines[at] ?? '')) parts.push(withoutEnds(lines[at++] ?? '', blanks));
    const whole = parts.length === 1 ? (parts[0] ?? '') : parts.join(' ');
    const colon = whole.indexOf(':');
    const [name, value] = [whole.slice(0, colon), whole.slice(colon + 1)];
    if (!headerName.test(name) || !headerValue.test(value)) return `malformed MIME header line: ${goQuote(whole)}`;
    pairs.push(name, withoutEnds(value, blanks));
  }
  return pairs;
}

function grouped(pairs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const name = (pairs[index] ?? '').toLowerCase();
    const value = pairs[index + 1] ?? '';
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

function firsts(named: ReadonlyMap<string, readonly string[]>): IncomingHttpHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, values] of named) headers[name] = values[0] ?? '';
  return headers;
}

/** Undefined for what is no length, or two of them. */
function contentLength(given: readonly string[]): number | undefined {
  const [first] = given;
  if (first === undefined) return 0;
  return given.every((each) => each === first) && /^[0-9]+$/.test(first) && BigInt(first) < 2n ** 63n ? Number(first) : undefined;
}

const forbiddenTrailers = new Set(['transfer-encoding', 'trailer', 'content-length']);

function isForbiddenTrailer(value: string): boolean {
  return value.split(',').some((name) => forbiddenTrailers.has(name.trim().toLowerCase()));
}

function hasToken(values: readonly string[], wanted: string): boolean {
  return values.some((value) => value.split(',').some((each) => each.trim().toLowerCase() === wanted));
}

/** A path may hold what is not ASCII as it is. */
function decodedUtf8(latin1: string): string {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
}

// A reply as bytes and headers: JSON for programs or, where the client is a person's (curl, a browser), with line breaks; YAML; text. Long
// bodies are packed where the client takes gzip (k8s.io/apiserver pkg/endpoints/handlers/responsewriters, 1.36: from 128 KiB, level 1).

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { encodeProtobuf } from '../../kube/protobuf/encode.ts';
import type { Protobuf } from '../../kube/protobuf/layout.ts';
import type { JsonObject } from '../../lib/json.ts';
import { mediaTypes, negotiate } from '../../request/read/accept.ts';
import { first, parseQuery } from '../../request/read/query.ts';
import type { ReadReply } from '../../request/read/read.ts';
import { notAcceptable, type Reply, refusalFor } from '../../request/read/reply.ts';
import { goText, replyText } from '../../request/read/reply-text.ts';
import { yamlText } from '../../request/read/yaml-text.ts';
import { sentWarnings } from '../../request/write/warnings.ts';
import type { Exchange } from './exchange.ts';

export interface ReplyBytes {
  /** The reply as it is given, where what was asked for cannot be. */
  readonly reply: Reply;
  /** A text goes out in one piece with the head. */
  readonly body: Uint8Array | string;
  /** Headers that describe the bytes. */
  readonly described: OutgoingHttpHeaders;
}

type Asked = Pick<Exchange, 'method' | 'path' | 'headers'>;

const compressFrom = 128 * 1024;
const nothing = '';
const binary = 'application/vnd.kubernetes.protobuf';

/** The head of a reply without its length. */
export function replyHeaders(reply: Reply): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = { ...reply.headers };
  if (reply.contentType !== '') headers['content-type'] = reply.contentType;
  if (reply.contentType.startsWith('text/plain')) headers['x-content-type-options'] = 'nosniff';
  if (reply.warnings.length > 0) headers.warning = sentWarnings(reply.warnings).map((text) => `299 - ${quoted(text)}`);
  return headers;
}

/** The body of a reply to this request. */
export function replyBytes(found: ReadReply, asked: Asked, protobuf: Protobuf): ReplyBytes {
  if (found.watch !== undefined) return { reply: found, body: nothing, described: {} };
  const { reply, body } = writtenOut(found, asked, protobuf);
  const isEmpty = asked.method === 'HEAD';
  const length = Buffer.byteLength(body);
  if (length <= compressFrom || !takesGzip(asked.headers))
    return { reply, body: isEmpty ? nothing : body, described: { 'content-length': length } };
  const packed = gzipSync(body, { level: 1 });
  const described = { 'content-encoding': 'gzip', vary: 'Accept-Encoding', 'content-length': packed.length };
  return { reply, body: isEmpty ? nothing : packed, described };
}

function writtenOut(reply: Reply, asked: Asked, protobuf: Protobuf): Pick<ReplyBytes, 'reply' | 'body'> {
  const { object, bytes, contentType } = reply;
  if (bytes !== undefined) return { reply, body: bytes };
  if (object === undefined || !contentType.startsWith(binary)) return { reply, body: textOf(reply, asked) };
  const encoded = encodeProtobuf(object, protobuf);
  if (encoded.ok) return { reply, body: encoded.value };
  const accept = asked.headers.accept ?? '';
  const other = negotiate(accept, () => true, ['application/json', 'application/yaml']);
  const plain =
    other === undefined
      ? { ...reply, ...refusalFor(accept, notAcceptable(mediaTypes)) }
      : { ...reply, contentType: contentType.replace(binary, other.type) };
  return other === undefined ? writtenOut(plain, asked, protobuf) : { reply: plain, body: textOf(plain, asked) };
}

function takesGzip(headers: IncomingHttpHeaders): boolean {
  return String(headers['accept-encoding'] ?? '')
    .split(',')
    .some((token) => token.trim() === 'gzip');
}

function textOf(reply: Reply, { path, headers }: Asked): string {
  const { object } = reply;
  if (object === undefined) return reply.text ?? '';
  if (reply.contentType.startsWith('application/yaml')) return yamlText(object);
  return reply.isIndented === true || isForPeople(path, headers) ? indented(object) : `${replyText(object)}\n`;
}

function indented(object: JsonObject): string {
  return goText(JSON.stringify(object, undefined, 2));
}

const people = ['curl', 'Wget', 'Mozilla/5.0'];
const yes = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** `pretty` of the query where it says anything, else by what the client is. */
function isForPeople(path: string, { accept = '', 'user-agent': userAgent = '' }: IncomingHttpHeaders): boolean {
  const question = path.indexOf('?');
  if (question >= 0 && path.includes('pretty=', question)) {
    const pretty = first(parseQuery(path.slice(question + 1)), 'pretty') ?? '';
    if (pretty !== '') return yes.has(pretty);
  }
  if (accept.includes('pretty=1') && negotiate(accept, () => true)?.pretty === true) return true;
  return people.some((name) => userAgent.startsWith(name));
}

/** A quoted string of a header: what it cannot hold is left out. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/[\\"]/g, '\\$&')}"`;
}

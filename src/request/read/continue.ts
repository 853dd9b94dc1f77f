// Continue tokens of paged lists: base64 without padding of `{"v":"meta.k8s.io/v1","rv":9,"start":"/web\u0000"}`, where `start` is the key
// after the last one given, below the prefix of the list (k8s.io/apiserver pkg/storage/continue.go, 1.36). Revision -1: an inconsistent list.

import { asNumber, asString, field } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { readJsonText } from '../decode/json-text.ts';

export interface ContinueToken {
  readonly revision: number;
  /** The key to go on with: of a list in one namespace the name, of one over all the namespace and the name. */
  readonly start: string;
}

/** The token that goes on after `key`. */
export function writeContinue(revision: number, key: string): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `/${key}\u0000` });
  return toBase64(new TextEncoder().encode(text));
}

/** A token that names the key itself, for lists that must start anew. */
export function writeInconsistentContinue(start: string): string {
  return toBase64(new TextEncoder().encode(JSON.stringify({ v: 'meta.k8s.io/v1', rv: -1, start })));
}

/** Reads a token; the problem is the message of a 400. */
export function readContinue(token: string): Result<ContinueToken, string> {
  const bytes = fromBase64(token);
  if (typeof bytes === 'number') return wrong(`illegal base64 data at input byte ${bytes}`);
  const text = new TextDecoder().decode(bytes);
  const read = readJsonText(text);
  // Go looks at bytes: one that begins no JSON is named by its number.
  const [first = 0] = bytes;
  if (!read.ok && first > 126) return wrong(`invalid character ${quotedByte(first)} looking for beginning of value`);
  if (!read.ok) return wrong(read.message);
  const { value } = read;
  const version = asString(field(value, 'v')) ?? '';
  if (version !== 'meta.k8s.io/v1') return wrong(`server does not recognize this encoded version ${version}`);
  const revision = asNumber(field(value, 'rv')) ?? 0;
  if (revision === 0) return wrong('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  const start = asString(field(value, 'start')) ?? '';
  if (start === '') return wrong('encoded start key empty (version meta.k8s.io/v1)');
  const key = start.startsWith('/') ? start : `/${start}`;
  if (key.split('/').includes('..')) return wrong(start);
  return ok({ revision, start: key.slice(1) });
}

/** A byte as strconv.Quote writes the character of its number. */
function quotedByte(byte: number): string {
  const isShown = byte > 160 && byte !== 173;
  return `'${isShown ? String.fromCharCode(byte) : `\\u${byte.toString(16).padStart(4, '0')}`}'`;
}

function wrong(why: string): { readonly ok: false; readonly problem: string } {
  return failure(`invalid continue token: continue key is not valid: ${why}`);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** The bytes, or where Go's decoder stops. */
function fromBase64(text: string): Uint8Array | number {
  const bad = /[^A-Za-z0-9_-]/.exec(text);
  if (bad !== null) return bad.index;
  if (text.length % 4 === 1) return text.length - 1;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

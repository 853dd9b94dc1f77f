// A JSON web token in its compact form, taken apart (RFC 7515, 7519). Nothing is trusted yet: the issuer in it only says who is to be asked.
// The forms kube-apiserver 1.36 takes: three parts in base64url without padding, and a header that is JSON and names an algorithm.

import { asString, field, isObject, type JsonObject } from '../../lib/json.ts';

export interface Jwt {
  /** As it was sent. */
  readonly text: string;
  readonly algorithm: string;
  /** Undefined where the header names no key. */
  readonly keyId: string | undefined;
  readonly claims: JsonObject;
}

const longest = 1 << 20;

/** Takes a token apart; undefined for what is no JWT. */
export function readJwt(text: string): Jwt | undefined {
  if (text.length > longest) return undefined;
  const parts = text.split('.');
  if (parts.length !== 3) return undefined;
  const [head, claims] = [json(parts[0] ?? ''), json(parts[1] ?? '')];
  if (head === undefined || claims === undefined) return undefined;
  const algorithm = asString(field(head, 'alg')) ?? '';
  const keyId = asString(field(head, 'kid')) ?? '';
  return { text, algorithm, keyId: keyId === '' ? undefined : keyId, claims };
}

function json(part: string): JsonObject | undefined {
  const bytes = base64UrlBytes(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of base64url without padding; undefined for other texts. */
export function base64UrlBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  return base64Bytes(text.replaceAll('-', '+').replaceAll('_', '/'));
}

/** The bytes of base64, padded or not; undefined for other texts. */
export function base64Bytes(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** What Go's JSON reader says of a value where another type belongs: `json: cannot unmarshal number into Go value of type string`. */
export function wrongType(value: unknown, wanted: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type ${wanted}`;
}

// What a caller presents to the API server, and what there is to check it with. Credentials are data; what needs keys (signatures, chains
// of certificates) or the objects of a cluster is asked of whoever calls. Where nobody can say, the answer goes on as if it held and says so.
// Nothing here keeps, prints or quotes a token.

import type { Certificate } from './certificate.ts';
import type { Jwt } from './jwt.ts';

export interface Credential {
  /** By header name in lower case, each value in the order it was sent. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The client's own certificate first, then those it sends along. */
  readonly certificates: readonly Certificate[];
  /** The path of the request: anonymous callers may be let in for some paths only. */
  readonly path: string;
}

/** True or false where it was checked, undefined where nobody could. */
export type Checked = boolean | undefined;

/** Checks that need keys. */
export interface Verifier {
  /** Whether the chain ends at an authority of clients (`--client-ca-file`) or of front proxies (`--requestheader-client-ca-file`). */
  readonly certificate: (chain: readonly Certificate[], authority: 'client' | 'front-proxy') => Checked;
  /** Whether the token is signed with a key of this issuer; `service-account` for the cluster's own. */
  readonly token: (token: Jwt, issuer: string) => Checked;
  /** SHA-256 of a certificate's bytes as hexadecimal digits. */
  readonly fingerprint: (certificate: Certificate) => string | undefined;
  /** The JWT at the endpoint of a distributed claim; null where it cannot be had, undefined where nobody asked. */
  readonly distributedClaim: (endpoint: string) => string | null | undefined;
}

/** Nothing can be checked. */
export const noVerifier: Verifier = {
  certificate: () => undefined,
  token: () => undefined,
  fingerprint: () => undefined,
  distributedClaim: () => undefined,
};

/** An object a token is bound to. `absent`: there is none; `unknown`: nobody knows. */
export type Found<T> = T | 'absent' | 'unknown';

export interface FoundObject {
  readonly uid: string;
  /** Milliseconds since 1970; undefined where the object is not being deleted. */
  readonly deleted: number | undefined;
}

export interface FoundSecret extends FoundObject {
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Decoded values; undefined where the source took them out. */
  readonly data: Readonly<Record<string, string>> | undefined;
}

/** The objects that authenticators look up. */
export interface Directory {
  readonly serviceAccount: (namespace: string, name: string) => Found<FoundObject>;
  readonly pod: (namespace: string, name: string) => Found<FoundObject>;
  readonly node: (name: string) => Found<FoundObject>;
  readonly secret: (namespace: string, name: string) => Found<FoundSecret>;
}

/** Nothing is known of any object. */
export const noDirectory: Directory = {
  serviceAccount: () => 'unknown',
  pod: () => 'unknown',
  node: () => 'unknown',
  secret: () => 'unknown',
};

/** One header's first value, or the empty text. */
export function header({ headers }: Credential, name: string): string {
  return headersNamed(headers, name)[0] ?? '';
}

/** Every value of one header. */
export function headersNamed(headers: Credential['headers'], name: string): readonly string[] {
  const key = name.toLowerCase();
  return Object.hasOwn(headers, key) ? (headers[key] ?? []) : [];
}

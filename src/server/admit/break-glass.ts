// Break-glass: a way past a denial for the hour in which nothing else helps, that nobody can take alone. A token is signed (Ed25519, RFC 8032)
// by whoever keeps the key, names one user, the namespaces and operations it opens and why, and ends after hours. An annotation without
// such a token opens nothing, and every use leaves a record.
//
// Form: `cofferdam-break-glass.v1.PAYLOAD.SIGNATURE`, both parts base64url; the payload is JSON (`Grant`), the signature covers everything
// before its dot. Replicas share no memory, so a token may be used as often as its scope and its hours allow; each use is recorded.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { globMatches } from '../../lib/glob.ts';
import { asNumber, asString, isObject, type Json, strings } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

/** What a token opens, for whom, until when. */
export interface Grant {
  readonly id: string;
  /** The exact user name of the requests. */
  readonly user: string;
  /** Patterns of namespaces: `shop`, `team-*`; `*` is every one and cluster-scoped objects too. */
  readonly namespaces: readonly string[];
  /** CREATE, UPDATE, DELETE, CONNECT, or `*`. */
  readonly operations: readonly string[];
  readonly reason: string;
  /** Seconds since the epoch. */
  readonly issued: number;
  readonly expires: number;
}

/** The annotation that carries a token: on the object, or on its namespace for requests that carry no object. */
export const breakGlassAnnotation = 'cofferdam.dev/break-glass';
/** No token may live longer than this many seconds, whoever signed it. */
export const longestGrant = 4 * 3600;
/** Seconds by which the clocks of signer and webhook may differ. */
export const clockTolerance = 60;

const prefix = 'cofferdam-break-glass.v1';
const longestToken = 4096;

/** A new pair of keys as PEM: the private one is for the signer alone. */
export function newBreakGlassKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Signs a grant of `seconds` from `now` (seconds since the epoch) on. */
export function issueToken(
  privateKey: string,
  { seconds, now, ...wanted }: Omit<Grant, 'id' | 'issued' | 'expires'> & { readonly seconds: number; readonly now: number },
): Result<string, Problem> {
  if (!(seconds > 0 && seconds <= longestGrant))
    return failure(problem('usage/bad-flag', `a break-glass token lives up to ${longestGrant / 3600} hours, not ${seconds} seconds`));
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKey);
  } catch {
    return failure(problem('usage/bad-flag', 'the key is no private key in PEM'));
  }
  if (key.asymmetricKeyType !== 'ed25519') return failure(problem('usage/bad-flag', 'the key is no Ed25519 key'));
  const grant: Grant = { id: randomUUID(), ...wanted, issued: now, expires: now + seconds };
  const signed = `${prefix}.${Buffer.from(JSON.stringify(grant)).toString('base64url')}`;
  return ok(`${signed}.${sign(undefined, Buffer.from(signed), key).toString('base64url')}`);
}

/** The public keys of a PEM text, which may hold several, so that keys can be changed without a gap. */
export function readPublicKeys(pem: string): readonly KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      const key = createPublicKey(block);
      return key.asymmetricKeyType === 'ed25519' ? [key] : [];
    } catch {
      return [];
    }
  });
}

/** The request that a token is shown for. */
export interface Occasion {
  readonly user: string;
  readonly namespace: string;
  readonly operation: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What a token opens here and now; a text says why it opens nothing. */
export function openWith(token: string, keys: readonly KeyObject[], occasion: Occasion): Grant | string {
  if (token.length > longestToken || !token.startsWith(`${prefix}.`)) return 'it is no break-glass token';
  const [payload = '', signature = '', ...rest] = token.slice(prefix.length + 1).split('.');
  if (rest.length > 0) return 'it is no break-glass token';
  const signed = Buffer.from(`${prefix}.${payload}`);
  const proof = Buffer.from(signature, 'base64url');
  if (!keys.some((key) => proof.length === 64 && verify(undefined, signed, key, proof))) return 'none of the keys signed it';
  const grant = readGrant(payload);
  if (grant === undefined) return 'it does not say what it opens';
  if (grant.expires - grant.issued > longestGrant) return `it is made to live longer than ${longestGrant / 3600} hours`;
  if (occasion.now < grant.issued - clockTolerance) return 'it is from the future; the clocks differ';
  if (occasion.now >= grant.expires) return 'it has expired';
  if (grant.user !== occasion.user) return `it is for another user`;
  if (!grant.operations.includes('*') && !grant.operations.includes(occasion.operation)) return `it does not open ${occasion.operation}`;
  if (!grant.namespaces.some((pattern) => pattern === '*' || (occasion.namespace !== '' && globMatches(pattern, occasion.namespace))))
    return occasion.namespace === '' ? 'it does not open cluster-scoped objects' : `it does not open namespace ${occasion.namespace}`;
  return grant;
}

function readGrant(payload: string): Grant | undefined {
  let value: Json;
  try {
    value = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { id, user, reason, issued, expires } = value;
  const grant = {
    id: asString(id) ?? '',
    user: asString(user) ?? '',
    namespaces: strings(value.namespaces),
    operations: strings(value.operations),
    reason: asString(reason) ?? '',
    issued: asNumber(issued) ?? Number.NaN,
    expires: asNumber(expires) ?? Number.NaN,
  };
  const whole =
    grant.id !== '' && grant.user !== '' && grant.reason !== '' && Number.isFinite(grant.issued) && Number.isFinite(grant.expires);
  return whole ? grant : undefined;
}

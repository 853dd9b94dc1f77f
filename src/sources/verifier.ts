// Checks of credentials that need cryptography: chains of client certificates and signatures of tokens, against keys that were given as
// files. What no key was given for is not checked, and the answer says so. Only public keys are read.

import { constants, createHash, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { Certificate } from '../identity/authentication/certificate.ts';
import { noVerifier, type Verifier } from '../identity/authentication/credential.ts';
import { base64UrlBytes, type Jwt } from '../identity/authentication/jwt.ts';
import { asList, asString, field } from '../lib/json.ts';
import { problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';

export interface TrustedKeys {
  /** Certificates of the authority of clients, as PEM. */
  readonly clientAuthority?: string;
  /** Public keys or certificates that verify tokens of service accounts, as PEM. */
  readonly serviceAccountKeys?: string;
  /** A JSON web key set, for tokens of outside issuers. */
  readonly keySet?: string;
}

interface Key {
  readonly id: string | undefined;
  readonly key: KeyObject;
}

/** Reads keys; a text that holds none is a problem. */
export function verifierOf({ clientAuthority, serviceAccountKeys, keySet }: TrustedKeys): Result<Verifier> {
  const authorities = clientAuthority === undefined ? undefined : blocks(clientAuthority, 'CERTIFICATE').map(certificateOf);
  const own = serviceAccountKeys === undefined ? undefined : pemKeys(serviceAccountKeys);
  const outside = keySet === undefined ? undefined : setKeys(keySet);
  for (const [name, list] of [
    ['authority of clients', authorities],
    ['key file of service accounts', own],
    ['JSON web key set', outside],
  ] as const)
    if (list?.every((one) => one === undefined)) return failure(problem('input/unreadable', `the ${name} holds nothing that verifies`));
  const present = <T>(list: readonly (T | undefined)[]): readonly T[] => list.filter((one) => one !== undefined);
  return ok({
    ...noVerifier,
    certificate: (chain, authority) =>
      authority !== 'client' || authorities === undefined ? undefined : leadsTo(chain, present(authorities)),
    token: (token, issuer) => {
      const keys = issuer === 'service-account' ? own : outside;
      return keys === undefined ? undefined : isSigned(token, present(keys));
    },
    fingerprint: ({ bytes }) => createHash('sha256').update(bytes).digest('hex'),
  });
}

function blocks(text: string, label: string): readonly string[] {
  return text.match(new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`, 'g')) ?? [];
}

function certificateOf(pem: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Follows the certificates that came along up to an authority. */
function leadsTo(chain: readonly Certificate[], authorities: readonly X509Certificate[]): boolean {
  const [own, ...others] = chain.map(({ bytes }) => certificateOf(bytes));
  let here = own;
  for (let step = 0; here !== undefined && step <= chain.length; step++) {
    const child = here;
    const signs = (issuer: X509Certificate) => issuer.ca && child.checkIssued(issuer) && child.verify(issuer.publicKey);
    if (authorities.some(signs)) return true;
    here = others.find((other) => other !== undefined && other !== child && signs(other));
  }
  return false;
}

function pemKeys(text: string): readonly (Key | undefined)[] {
  const keys = [...blocks(text, 'PUBLIC KEY'), ...blocks(text, 'RSA PUBLIC KEY'), ...blocks(text, 'EC PUBLIC KEY')].map((pem) =>
    keyOf(() => createPublicKey(pem), undefined),
  );
  const certificates = blocks(text, 'CERTIFICATE').map((pem) => {
    const read = certificateOf(pem);
    return read === undefined ? undefined : keyOf(() => read.publicKey, undefined);
  });
  return [...keys, ...certificates];
}

function setKeys(text: string): readonly (Key | undefined)[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return [];
  }
  return asList(field(set, 'keys')).map((one) =>
    keyOf(() => createPublicKey({ key: { ...Object(one) }, format: 'jwk' }), asString(field(one, 'kid'))),
  );
}

function keyOf(make: () => KeyObject, id: string | undefined): Key | undefined {
  try {
    return { id, key: make() };
  } catch {
    return undefined;
  }
}

function isSigned({ text, algorithm, keyId }: Jwt, keys: readonly Key[]): boolean {
  const end = text.lastIndexOf('.');
  const signature = base64UrlBytes(text.slice(end + 1));
  const kind = /^(RS|PS|ES)(256|384|512)$/.exec(algorithm);
  if (signature === undefined || kind === null) return false;
  const fitting = keys.filter(({ id }) => keyId === undefined || id === undefined || id === keyId);
  return fitting.some(({ key }) => {
    if ((key.asymmetricKeyType === 'ec') !== (kind[1] === 'ES')) return false;
    const padding =
      kind[1] === 'PS'
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
        : kind[1] === 'RS'
          ? { padding: constants.RSA_PKCS1_PADDING }
          : { dsaEncoding: 'ieee-p1363' as const };
    try {
      return verify(`sha${kind[2]}`, Buffer.from(text.slice(0, end)), { key, ...padding }, signature);
    } catch {
      return false;
    }
  });
}

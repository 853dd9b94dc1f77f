// What is signed in a certificate request, with which key and how (PKCS #10, RFC 2986; PKIX keys, RFC 5280), read from its DER bytes. The
// core has no cryptography: whether a signature holds is asked of a `CheckSignature` that the shell gives; without one it is not known.
// Left out: keys other than RSA, ECDSA and Ed25519, and what their numbers hold.

import { pointProblem } from './elliptic-points.ts';
import { headerAt } from './validate/certificates/certificate-request.ts';

export type KeyKind = 'RSA' | 'ECDSA' | 'Ed25519';

export interface SignatureAlgorithm {
  readonly key: KeyKind;
  /** `sha256`; empty for Ed25519, which does its own hashing. */
  readonly hash: string;
  /** RSASSA-PSS: with a salt as long as the hash, or of any length. */
  readonly salt?: 'digest' | 'any';
}

/** Whether a signature over bytes holds by a PKIX public key; undefined where it cannot be checked. */
export type CheckSignature = (
  key: Uint8Array,
  algorithm: SignatureAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
) => boolean | undefined;

export interface PublicKey {
  /** The whole key in PKIX form. */
  readonly bytes: Uint8Array;
  readonly kind: KeyKind | undefined;
  /** `P-256`, of ECDSA keys. */
  readonly curve: string;
  /** Of the modulus, of RSA keys. */
  readonly bits: number;
  /** Why Go would not read the key. */
  readonly problem: string | undefined;
}

export interface SignedRequest {
  readonly signed: Uint8Array;
  readonly key: PublicKey;
  /** Undefined where Go knows no such algorithm; `MD5-RSA` where it refuses it. */
  readonly algorithm: SignatureAlgorithm | 'MD5-RSA' | undefined;
  readonly signature: Uint8Array;
}

const rsa = '2a864886f70d0101';
const keyKinds: Readonly<Record<string, KeyKind>> = { [`${rsa}01`]: 'RSA', '2a8648ce3d0201': 'ECDSA', '2b6570': 'Ed25519' };
const curves: Readonly<Record<string, string>> = {
  '2b81040021': 'P-224',
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
};
const algorithms: Readonly<Record<string, SignatureAlgorithm | 'MD5-RSA'>> = {
  [`${rsa}04`]: 'MD5-RSA',
  [`${rsa}05`]: { key: 'RSA', hash: 'sha1' },
  [`${rsa}0b`]: { key: 'RSA', hash: 'sha256' },
  [`${rsa}0c`]: { key: 'RSA', hash: 'sha384' },
  [`${rsa}0d`]: { key: 'RSA', hash: 'sha512' },
  '2a8648ce3d0401': { key: 'ECDSA', hash: 'sha1' },
  '2a8648ce3d040302': { key: 'ECDSA', hash: 'sha256' },
  '2a8648ce3d040303': { key: 'ECDSA', hash: 'sha384' },
  '2a8648ce3d040304': { key: 'ECDSA', hash: 'sha512' },
  '2b6570': { key: 'Ed25519', hash: '' },
};
const pss = `${rsa}0a`;
const pssHashes: readonly (readonly [oid: string, hash: string])[] = [
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
];

interface Element {
  /** With its header. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/** The elements of a DER sequence's content; undefined where it is none. */
function elements(bytes: Uint8Array): readonly Element[] | undefined {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = headerAt(bytes, at);
    if (typeof header === 'string') return undefined;
    const end = header.start + header.length;
    if (end > bytes.length) return undefined;
    found.push({ whole: bytes.subarray(at, end), content: bytes.subarray(header.start, end) });
    at = end;
  }
  return found;
}

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A key in PKIX form; undefined for bytes that are none. */
export function readPublicKey(bytes: Uint8Array): PublicKey | undefined {
  const [outer, ...more] = elements(bytes) ?? [];
  if (outer === undefined || more.length > 0 || bytes[0] !== 0x30) return undefined;
  const [algorithm, bits] = elements(outer.content) ?? [];
  if (algorithm === undefined || bits === undefined) return undefined;
  const [type, parameters] = elements(algorithm.content) ?? [];
  const oid = hex(type?.content);
  const kind = Object.hasOwn(keyKinds, oid) ? keyKinds[oid] : undefined;
  const curve = kind === 'ECDSA' ? (curves[hex(parameters?.content)] ?? '') : '';
  return {
    bytes: outer.whole,
    kind,
    curve,
    bits: kind === 'RSA' ? modulusBits(bits.content.subarray(1)) : 0,
    problem: kind === 'ECDSA' ? pointProblem(curve, bits.content.subarray(1)) : undefined,
  };
}

/** Go counts whole bytes. */
function modulusBits(key: Uint8Array): number {
  const [modulus] = elements(elements(key)?.[0]?.content ?? new Uint8Array()) ?? [];
  const bytes = modulus?.content ?? new Uint8Array();
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return zeros < 0 ? 0 : (bytes.length - zeros) * 8;
}

/** A certificate request; undefined for bytes that are none. */
export function readSignedRequest(bytes: Uint8Array): SignedRequest | undefined {
  const [outer] = elements(bytes) ?? [];
  const [info, algorithm, signature] = elements(outer?.content ?? new Uint8Array()) ?? [];
  if (info === undefined || algorithm === undefined || signature === undefined) return undefined;
  const key = readPublicKey(elements(info.content)?.[2]?.whole ?? new Uint8Array());
  return key && { signed: info.whole, key, algorithm: algorithmOf(algorithm.content), signature: signature.content.subarray(1) };
}

function algorithmOf(content: Uint8Array): SignatureAlgorithm | 'MD5-RSA' | undefined {
  const [type, parameters] = elements(content) ?? [];
  const oid = hex(type?.content);
  if (oid !== pss) return Object.hasOwn(algorithms, oid) ? algorithms[oid] : undefined;
  const said = hex(parameters?.content);
  const hash = pssHashes.find(([name]) => said.includes(name))?.[1];
  return hash === undefined ? undefined : { key: 'RSA', hash, salt: 'digest' };
}

const goTypes: Readonly<Record<KeyKind, string>> = { RSA: '*rsa.PublicKey', ECDSA: '*ecdsa.PublicKey', Ed25519: 'ed25519.PublicKey' };
const failures: Readonly<Record<KeyKind, string>> = {
  RSA: 'crypto/rsa: verification error',
  ECDSA: 'x509: ECDSA verification failure',
  Ed25519: 'x509: Ed25519 verification failure',
};

/** What Go's CheckSignature says of a request: undefined where the signature is good, null where nobody can say. */
export function signatureProblem(request: SignedRequest, check: CheckSignature | undefined): string | null | undefined {
  const { algorithm, key, signed, signature } = request;
  if (key.problem !== undefined) return key.problem;
  if (algorithm === 'MD5-RSA') return 'x509: cannot verify signature: insecure algorithm MD5-RSA';
  if (algorithm === undefined || key.kind === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
  if (algorithm.key !== key.kind)
    return `x509: signature algorithm specifies an ${algorithm.key} public key, but have public key of type ${goTypes[key.kind]}`;
  const holds = check?.(key.bytes, algorithm, signed, signature);
  if (holds === undefined) return null;
  return holds ? undefined : failures[key.kind];
}

// PodCertificateRequests: who asks for which signer's certificate, and what became of it (kubernetes pkg/apis/certificates/validation, 1.36).
// Left out: what issued certificates hold.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { type PublicKey, readPublicKey, readSignedRequest, signatureProblem } from '../../signatures.ts';
import { validateConditions } from '../meta/conditions.ts';
import { complain } from '../meta/labels.ts';
import { type Complaints, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { isKubernetesSigner, validateSignerName } from '../pod/signers.ts';
import { byteLength, number, objects, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { ValidationContext, Validator } from '../validator.ts';

const path = fieldPath('spec');
const conditionsPath = fieldPath('status', 'conditions');
const statusType = 'certificates.PodCertificateRequestStatus';
const outcomes = ['Denied', 'Failed', 'Issued'];
const shortest = 3600;
const longest = 91 * 86400;
const longestOfKubernetes = 86400;
const parties: readonly (readonly [name: string, uid: string, rule: (name: string) => Complaints])[] = [
  ['podName', 'podUID', dnsSubdomain],
  ['serviceAccountName', 'serviceAccountUID', dnsSubdomain],
  ['nodeName', 'nodeUID', dnsSubdomain],
];

function validateSpec(spec: JsonObject, context: ValidationContext, errors: FieldError[]): void {
  const signer = text(spec.signerName);
  const seconds = number(spec.maxExpirationSeconds);
  validateSignerName(signer, path.child('signerName'), errors);
  for (const [name, uid, rule] of parties) {
    complain(text(spec[name]), rule(text(spec[name])), path.child(name), errors);
    if (text(spec[uid]) === '') errors.push(invalid(path.child(uid), '', 'must not be empty'));
    if (byteLength(text(spec[uid])) > 128) errors.push(tooLong(path.child(uid), 128));
  }
  if (seconds === undefined) {
    errors.push(required(path.child('maxExpirationSeconds'), 'must be set'));
    return;
  }
  const most = isKubernetesSigner(signer) ? longestOfKubernetes : longest;
  if (seconds < shortest || seconds > most)
    errors.push(invalid(path.child('maxExpirationSeconds'), seconds, `must be in the range [${shortest}, ${most}]`));
  const [stub, key, proof] = [spec.stubPKCS10Request, spec.pkixPublicKey, spec.proofOfPossession].map((value) => text(value) !== '');
  if (stub === key || key !== proof) {
    const detail = 'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set';
    errors.push({ type: 'FieldValueInvalid', field: String(path), detail });
  } else if (stub === true) validateStub(bytesOf(spec.stubPKCS10Request), context, errors);
  else validateProof(spec, context, errors);
}

const maxBytes = 10 * 1024;
const keyWords = 'unknown public key type; supported types are Ed25519, ECDSA, and RSA';

function bytesOf(value: Json | undefined): Uint8Array {
  try {
    return Uint8Array.from(atob(text(value)), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** What is wrong with the kind of a key: of curves and lengths only some are taken. */
function keyFault({ kind, curve, bits }: PublicKey, curveWords: string): { readonly value: string; readonly detail: string } | undefined {
  if (kind === 'ECDSA' && !['P-256', 'P-384', 'P-521'].includes(curve)) return { value: `curve ${curve}`, detail: curveWords };
  if (kind === 'RSA' && bits !== 3072 && bits !== 4096)
    return { value: `${bits}-bit modulus`, detail: 'RSA keys must have modulus size 3072 or 4096' };
  return undefined;
}

function validateStub(bytes: Uint8Array, { checkSignature, unsure }: ValidationContext, errors: FieldError[]): void {
  const at = path.child('stubPKCS10Request');
  const refuse = (detail: string) => void errors.push({ type: 'FieldValueInvalid', field: String(at), detail });
  if (bytes.length > maxBytes) {
    errors.push(tooLong(at, maxBytes));
    return;
  }
  const request = readSignedRequest(bytes);
  if (request === undefined || request.key.problem !== undefined) {
    refuse('must be a valid PKCS#10 CSR');
    return;
  }
  const fault = keyFault(request.key, 'elliptic public keys must use curve P256, P384, or P521');
  if (request.key.kind === undefined) refuse(keyWords);
  else if (fault !== undefined) errors.push(invalid(at, fault.value, fault.detail));
  else {
    const problem = signatureProblem(request, checkSignature);
    if (problem === null) unsure?.('whether the signature of the certificate request holds is not known');
    else if (problem !== undefined) refuse('invalid signature');
  }
}

/** The key's owner has signed the UID of its pod. */
function validateProof(spec: JsonObject, { checkSignature, unsure }: ValidationContext, errors: FieldError[]): void {
  const [keyAt, proofAt] = [path.child('pkixPublicKey'), path.child('proofOfPossession')];
  const [bytes, proof] = [bytesOf(spec.pkixPublicKey), bytesOf(spec.proofOfPossession)];
  if (bytes.length > maxBytes) errors.push(tooLong(keyAt, maxBytes));
  else if (proof.length > maxBytes) errors.push(tooLong(proofAt, maxBytes));
  else {
    const key = readPublicKey(bytes);
    const fault = key && keyFault(key, 'elliptic public keys must use curve P256 or P384');
    if (key?.kind === undefined || key.problem !== undefined)
      errors.push(invalid(keyAt, text(spec.pkixPublicKey), 'must be a valid PKIX-serialized public key'));
    else if (fault !== undefined) errors.push(invalid(keyAt, fault.value, fault.detail));
    else {
      const algorithm = {
        key: key.kind,
        hash: key.kind === 'Ed25519' ? '' : 'sha256',
        ...(key.kind === 'RSA' ? { salt: 'any' as const } : {}),
      };
      const holds = checkSignature?.(key.bytes, algorithm, new TextEncoder().encode(text(spec.podUID)), proof);
      if (holds === undefined) unsure?.('whether the proof of possession holds is not known');
      else if (!holds)
        errors.push({ type: 'FieldValueInvalid', field: String(proofAt), detail: 'could not verify proof-of-possession signature' });
    }
  }
}

function hasEnded(request: JsonObject): boolean {
  return objects(struct(request.status).conditions).some(({ type }) => outcomes.includes(text(type)));
}

function validateStatus(request: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const status = struct(request.status);
  let known = 0;
  for (const [position, condition] of objects(status.conditions).entries()) {
    const at = conditionsPath.child(`[${position}]`);
    const type = text(condition.type);
    if (!outcomes.includes(type)) {
      errors.push(notSupported(at.child('type'), type, outcomes));
      continue;
    }
    known++;
    if (known > 1)
      errors.push(invalid(at.child('type'), type, 'There may be at most one condition with type "Issued", "Denied", or "Failed"'));
    if (condition.status !== 'True') errors.push(notSupported(at.child('status'), condition.status, ['True']));
  }
  validateConditions(status.conditions, conditionsPath, errors);
  if (errors.length > 0) return;
  const refuse = (detail: string) => void errors.push({ type: 'FieldValueInvalid', field: 'status', detail });
  if (hasEnded(old)) {
    if (!sameValue(request.status, old.status, statusType)) refuse('immutable after PodCertificateRequest is issued, denied, or failed');
  } else if (!hasEnded(request) && !sameValue(request.status, old.status, statusType))
    refuse('status is immutable unless transitioning to "Issued", "Denied", or "Failed"');
}

export const podCertificateRequest: Validator = {
  create: (request, context) => {
    const errors: FieldError[] = [];
    validateMetadata(request, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(struct(request.spec), context, errors);
    return errors;
  },
  update: (request, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(request, old, errors);
    if (subresource === 'status') validateStatus(request, old, errors);
    else validateImmutable(request.spec, old.spec, path, errors, request.spec, 'certificates.PodCertificateRequestSpec');
    return errors;
  },
};

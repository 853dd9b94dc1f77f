// PodCertificateRequests: who asks for which signer's certificate, and what became of it (kubernetes pkg/apis/certificates/validation, 1.36).
// Left out: what public keys, proofs of possession and issued certificates hold, which takes cryptography.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateConditions } from '../meta/conditions.ts';
import { complain } from '../meta/labels.ts';
import { type Complaints, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { isKubernetesSigner, validateSignerName } from '../pod/signers.ts';
import { byteLength, number, objects, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

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

function validateSpec(spec: JsonObject, errors: FieldError[]): void {
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
  if (stub === key || key !== proof)
    errors.push({
      type: 'FieldValueInvalid',
      field: String(path),
      detail: 'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set',
    });
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
  create: (request) => {
    const errors: FieldError[] = [];
    validateMetadata(request, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(struct(request.spec), errors);
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

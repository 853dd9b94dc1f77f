// CertificateSigningRequests (kubernetes pkg/apis/certificates/validation, 1.36). What certificates hold is not checked.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath } from '../../fields/path.ts';
import { readSignedRequest, signatureProblem } from '../../signatures.ts';
import { differenceOf } from '../difference.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateSignerName } from '../pod/signers.ts';
import { given, number, objects, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { ValidationContext, Validator } from '../validator.ts';
import { requestProblem } from './certificate-request.ts';
import { pemBlocks } from './pem.ts';

const path = fieldPath('spec');
const conditionsPath = fieldPath('status', 'conditions');
const conditionsType = '[]certificates.CertificateSigningRequestCondition';
const legacySigner = 'kubernetes.io/legacy-unknown';
const usages: readonly string[] = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  'server auth',
  'signing',
  's/mime',
  'timestamping',
].sort();

/** The PEM text that an object carries as base64. */
function pemText(value: Json | undefined): string {
  try {
    return atob(text(value));
  } catch {
    return '';
  }
}

function conditionsOf(request: JsonObject): readonly JsonObject[] {
  return objects(struct(request.status).conditions);
}

function withType(request: JsonObject, type: string): readonly JsonObject[] {
  return conditionsOf(request).filter((condition) => condition.type === type);
}

function validateRequest(request: JsonObject, context: ValidationContext, errors: FieldError[], old?: JsonObject): void {
  const spec = struct(request.spec);
  const signer = text(spec.signerName);
  const seconds = number(spec.expirationSeconds);
  validateMetadata(request, { namespaced: false, name: () => [] }, errors);
  const problem = requestProblem(pemText(spec.request)) ?? signatureOf(pemText(spec.request), context);
  if (problem !== undefined) {
    const shown = text(spec.request) === '' && !given(spec.request) ? null : text(spec.request);
    errors.push(invalid(path.child('request'), shown, problem));
  }
  validateUsages(spec, errors, old);
  if (signer === legacySigner && text(struct(old?.spec).signerName) !== legacySigner)
    errors.push(invalid(path.child('signerName'), signer, 'the legacy signerName is not allowed via this API version'));
  else validateSignerName(signer, path.child('signerName'), errors);
  if (seconds !== undefined && seconds < 600)
    errors.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  validateConditions(request, errors, old);
  validateCertificate(request, errors, old);
}

function signatureOf(pem: string, { checkSignature, unsure }: ValidationContext): string | undefined {
  const signed = readSignedRequest(pemBlocks(pem)[0]?.bytes ?? new Uint8Array());
  const problem = signed === undefined ? null : signatureProblem(signed, checkSignature);
  if (problem === null) unsure?.('whether the signature of the certificate request holds is not known');
  return problem ?? undefined;
}

/** What the stored object has wrong already may stay. */
function validateUsages(spec: JsonObject, errors: FieldError[], old: JsonObject | undefined): void {
  const own = texts(spec.usages);
  const before = texts(struct(old?.spec).usages);
  const at = path.child('usages');
  if (size(spec.usages) === 0) errors.push(required(at));
  if (before.every((usage) => usages.includes(usage)))
    for (const [position, usage] of own.entries())
      if (!usages.includes(usage)) errors.push(notSupported(at.index(position), usage, usages));
  if (new Set(before).size < before.length) return;
  for (const [position, usage] of own.entries()) if (own.indexOf(usage) < position) errors.push(duplicate(at.index(position), usage));
}

function validateConditions(request: JsonObject, errors: FieldError[], old: JsonObject | undefined): void {
  const before = old === undefined ? [] : conditionsOf(old).map((condition) => text(condition.type));
  const bothBefore = before.includes('Approved') && before.includes('Denied');
  const seen = new Set<string>();
  for (const [position, condition] of conditionsOf(request).entries()) {
    const at = conditionsPath.index(position);
    const type = text(condition.type);
    const status = text(condition.status);
    const allowed = decisions.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (type === '' && !before.includes('')) errors.push(required(at.child('type')));
    if (status === '') errors.push(required(at.child('status')));
    else if (!allowed.includes(status)) errors.push(notSupported(at.child('status'), status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!bothBefore && opposite !== undefined && seen.has(opposite))
      errors.push(invalid(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type) && new Set(before).size === before.length) errors.push(duplicate(at.child('type'), type));
    seen.add(type);
  }
}

const decisions = ['Approved', 'Denied', 'Failed'];

function certificateComplaint(value: Json | undefined): string | undefined {
  if (text(value) === '') return undefined;
  const blocks = pemBlocks(pemText(value));
  for (const { type, hasHeaders } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function validateCertificate(request: JsonObject, errors: FieldError[], old: JsonObject | undefined): void {
  const now = struct(request.status).certificate;
  const before = struct(old?.status).certificate;
  if (old !== undefined && (text(now) === text(before) || certificateComplaint(before) !== undefined)) return;
  const complaint = certificateComplaint(now);
  if (complaint !== undefined) errors.push(invalid(fieldPath('status', 'certificate'), '<certificate data>', complaint));
}

function validateDecisions(request: JsonObject, old: JsonObject, subresource: string, errors: FieldError[]): void {
  const count = (object: JsonObject, type: string) => withType(object, type).length;
  for (const type of decisions)
    if (count(request, type) < count(old, type))
      errors.push(forbidden(conditionsPath, `updates may not remove a condition of type ${goQuote(type)}`));
  if (subresource === 'approval') return;
  for (const type of ['Approved', 'Denied']) {
    const [now, before] = [withType(request, type), withType(old, type)];
    if (now.length > before.length) errors.push(forbidden(conditionsPath, `updates may not add a condition of type ${goQuote(type)}`));
    if (now.length !== before.length || sameValue(now as Json, before as Json, conditionsType)) continue;
    const changes = differenceOf(before as Json, now as Json, conditionsType);
    errors.push(forbidden(conditionsPath, `updates may not modify a condition of type ${goQuote(type)}\n${changes}`));
  }
}

export const certificateSigningRequest: Validator = {
  create: (request, context) => {
    const errors: FieldError[] = [];
    validateRequest(request, context, errors);
    return errors;
  },
  update: (request, old, context, subresource) => {
    const errors: FieldError[] = [];
    const certificate = text(struct(request.status).certificate);
    const before = text(struct(old.status).certificate);
    const at = fieldPath('status', 'certificate');
    validateRequest(request, context, errors, old);
    validateDecisions(request, old, subresource, errors);
    if (certificate !== before) {
      if (subresource !== 'status') errors.push(forbidden(at, 'updates may not set certificate content'));
      else if (before !== '') errors.push(forbidden(at, 'updates may not modify existing certificate content'));
    }
    validateMetadataUpdate(request, old, errors);
    return errors;
  },
};

// ClusterTrustBundles: named after their signer, and made of certificates of authorities, each once (kubernetes
// pkg/apis/certificates/validation, 1.36). Of a certificate is read whether it is one and whether it is an authority's; Go refuses some more.

import { readCertificate } from '../../../identity/authentication/certificate.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, tooLong } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { trustBundleName, validateSignerName } from '../pod/signers.ts';
import { byteLength, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { pemBlocks } from './pem.ts';

const signerPath = fieldPath('spec', 'signerName');
const bundlePath = fieldPath('spec', 'trustBundle');
const maxBytes = 1024 * 1024;

function validateTrustBundle(bundle: string, errors: FieldError[]): void {
  if (byteLength(bundle) > maxBytes) {
    errors.push(tooLong(bundlePath, maxBytes));
    return;
  }
  const refuse = (why: string) => void errors.push(invalid(bundlePath, '<value omitted>', why));
  const before = errors.length;
  const places = new Map<string, number[]>();
  for (const [position, { type, hasHeaders, bytes }] of pemBlocks(bundle).entries()) {
    const certificate = readCertificate(bytes);
    if (type !== 'CERTIFICATE') refuse(`entry ${position} has bad block type: ${type}`);
    else if (hasHeaders) refuse(`entry ${position} has PEM block headers`);
    else if (certificate === undefined) refuse(`entry ${position} does not parse as X.509`);
    else if (certificate.isAuthority !== true) refuse(`entry ${position} does not have the CA bit set`);
    else {
      const key = bytes.join(' ');
      places.set(key, [...(places.get(key) ?? []), position]);
    }
  }
  if (errors.length > before) return;
  if (places.size === 0) refuse('at least one trust anchor must be provided');
  for (const positions of places.values()) if (positions.length > 1) refuse(`duplicate trust anchor (indices [${positions.join(' ')}])`);
}

function validate(bundle: JsonObject, errors: FieldError[], keeps: boolean): void {
  const spec = struct(bundle.spec);
  const signer = text(spec.signerName);
  validateMetadata(bundle, { namespaced: false, name: (name) => trustBundleName(name, signer) }, errors);
  if (signer !== '') validateSignerName(signer, signerPath, errors);
  if (!keeps) validateTrustBundle(text(spec.trustBundle), errors);
}

export const clusterTrustBundle: Validator = {
  create: (bundle) => {
    const errors: FieldError[] = [];
    validate(bundle, errors, false);
    return errors;
  },
  update: (bundle, old) => {
    const errors: FieldError[] = [];
    const before = struct(old.spec);
    const signer = text(struct(bundle.spec).signerName);
    validate(bundle, errors, text(struct(bundle.spec).trustBundle) === text(before.trustBundle));
    validateMetadataUpdate(bundle, old, errors);
    validateImmutable(signer, text(before.signerName), signerPath, errors, signer);
    return errors;
  },
};

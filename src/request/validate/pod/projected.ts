// Projected volumes: files from Secrets, ConfigMaps, the downward API, tokens, trust bundles and pod certificates in one folder, where no two
// may have the same path (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateLabelSelector } from '../meta/labels.ts';
import { qualifiedName } from '../meta/names.ts';
import { byteLength, count, given, number, object, objects, pairs, text } from '../read.ts';
import { validateFieldRef, validateResourceFieldRef, volumeFields } from './field-refs.ts';
import type { PodOptions } from './options.ts';
import { validateFileMode, validateLocalPath } from './paths.ts';
import { isKubernetesSigner, signerOfBundleName, trustBundleName, validateSignerName } from './signers.ts';
import { validateKeyToPath } from './volumes.ts';

/** One file of the downward API. */
export function validateDownwardFile(file: JsonObject, path: Path, errors: FieldError[]): void {
  if (text(file.path) === '') errors.push(required(path.child('path')));
  validateLocalPath(text(file.path), path.child('path'), errors);
  const field = object(file.fieldRef);
  const resource = object(file.resourceFieldRef);
  if (field !== undefined) {
    validateFieldRef(field, volumeFields, path.child('fieldRef'), errors);
    if (resource !== undefined) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (resource !== undefined) validateResourceFieldRef(resource, path.child('resourceFieldRef'), errors, true);
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  validateFileMode(file.mode, path.child('mode'), errors);
}

interface Projection {
  readonly path: Path;
  readonly errors: FieldError[];
  readonly options: PodOptions;
  readonly seen: Set<string>;
}

/** Notes a path of the folder; a second one is an error at the whole volume, with the value that the server shows. */
function claimPath(projection: Projection, target: string, shown: string): void {
  if (projection.seen.has(target)) projection.errors.push(invalid(projection.path, shown, 'conflicting duplicate paths'));
  else projection.seen.add(target);
}

export function validateProjected(source: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const projection: Projection = { path, errors, options, seen: new Set() };
  for (const [position, each] of objects(source.sources).entries()) {
    const at = path.child('sources').index(position);
    let found = 0;
    for (const field of ['secret', 'configMap'] as const) {
      const keyed = object(each[field]);
      if (keyed === undefined) continue;
      found++;
      validateKeyed(keyed, at.child(field), projection);
    }
    const downward = object(each.downwardAPI);
    if (downward !== undefined) {
      found++;
      for (const file of objects(downward.items)) {
        validateDownwardFile(file, at.child('downwardAPI'), errors);
        if (text(file.path) !== '') claimPath(projection, text(file.path), text(file.path));
      }
    }
    for (const [field, validate] of [
      ['serviceAccountToken', validateToken],
      ['clusterTrustBundle', validateTrustBundle],
      ['podCertificate', validatePodCertificate],
    ] as const) {
      const single = object(each[field]);
      if (single === undefined) continue;
      found++;
      validate(single, at.child(field), projection);
    }
    if (found > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  }
}

function validateKeyed(keyed: JsonObject, path: Path, projection: Projection): void {
  const { errors } = projection;
  if (text(keyed.name) === '') errors.push(required(path.child('name')));
  for (const [position, item] of objects(keyed.items).entries()) {
    validateKeyToPath(item, path.child('items').index(position), errors);
    if (text(item.path) !== '') claimPath(projection, text(item.path), text(keyed.name));
  }
}

function validateToken(token: JsonObject, path: Path, { path: whole, errors, options }: Projection): void {
  const seconds = count(token.expirationSeconds);
  if (seconds < 600) errors.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    errors.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (text(token.path) === '') errors.push(required(whole.child('path')));
  else if (!options.allowNonLocalTokenPath) validateLocalPath(text(token.path), whole.child('path'), errors);
}

function validateTrustBundle(bundle: JsonObject, path: Path, projection: Projection): void {
  const { errors } = projection;
  const name = text(bundle.name);
  const signer = text(bundle.signerName);
  if (given(bundle.name) && given(bundle.signerName))
    errors.push(invalid(path, asInternal(bundle, 'core.ClusterTrustBundleProjection'), 'only one of name and signerName may be used'));
  else if (given(bundle.name)) {
    if (name === '') errors.push(required(path.child('name'), 'must be a valid object name'));
    for (const complaint of trustBundleName(name, signerOfBundleName(name)))
      errors.push(invalid(path.child('name'), name, `not a valid clustertrustbundlename: ${complaint}`));
    if (given(bundle.labelSelector))
      errors.push(invalid(path.child('labelSelector'), bundle.labelSelector, 'labelSelector must be unset if name is specified'));
  } else if (given(bundle.signerName)) {
    if (signer === '') errors.push(required(path.child('signerName'), 'must be a valid signer name'));
    validateSignerName(signer, path.child('signerName'), errors);
    validateLabelSelector(bundle.labelSelector, path.child('labelSelector'), errors);
  } else errors.push(required(path, 'either name or signerName must be specified'));
  const target = text(bundle.path);
  if (target === '') errors.push(required(path.child('path')));
  validateLocalPath(target, path.child('path'), errors);
  claimPath(projection, target, target);
}

const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

function validatePodCertificate(certificate: JsonObject, path: Path, projection: Projection): void {
  const { errors } = projection;
  const signer = text(certificate.signerName);
  validateSignerName(signer, path.child('signerName'), errors);
  validateUserAnnotations(certificate, path.child('userAnnotations'), errors);
  const keyType = text(certificate.keyType);
  if (!keyTypes.includes(keyType)) errors.push(notSupported(path.child('keyType'), keyType, keyTypes));
  const most = isKubernetesSigner(signer) ? 86400 : 91 * 86400;
  const seconds = number(certificate.maxExpirationSeconds);
  const at = path.child('maxExpirationSeconds');
  if (seconds !== undefined && seconds < 3600) errors.push(invalid(at, seconds, 'if provided, maxExpirationSeconds must be >= 3600'));
  if (seconds !== undefined && seconds > most) errors.push(invalid(at, seconds, `if provided, maxExpirationSeconds must be <= ${most}`));
  let paths = 0;
  for (const field of ['credentialBundlePath', 'keyPath', 'certificateChainPath']) {
    const target = text(certificate[field]);
    if (target === '') continue;
    paths++;
    validateLocalPath(target, path.child(field), errors);
    claimPath(projection, target, target);
  }
  if (paths === 0) errors.push(required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
}

function validateUserAnnotations(certificate: JsonObject, path: Path, errors: FieldError[]): void {
  let total = 0;
  for (const [written, value] of pairs(certificate.userAnnotations)) {
    const key = written.toLowerCase();
    total += byteLength(written) + byteLength(value);
    if (key === '') errors.push(required(path));
    else if (qualifiedName(key).length > 0) complain(key, qualifiedName(key), path, errors);
    else if (key.split('/').length !== 2) errors.push(invalid(path, key, 'must be a domain-prefixed key (such as "acme.io/foo")'));
  }
  if (total > 256 * 1024) errors.push(tooLong(path, 256 * 1024));
}

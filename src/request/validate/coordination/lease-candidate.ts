// LeaseCandidates: who could hold a coordinated lease, in which versions (kubernetes pkg/apis/coordination/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { type Complaints, qualifiedName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { byteLength, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');
const semantic = /^(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

type Version = readonly [numbers: readonly bigint[], release: string];

/** A semantic version; undefined for another text. */
function versionOf(value: string): Version | undefined {
  const match = semantic.exec(value);
  return match === null ? undefined : [match.slice(1, 4).map((part) => BigInt(part)), match[4] ?? ''];
}

/** The names that keys of ConfigMaps may have. */
function configKey(name: string): Complaints {
  const complaints: string[] = [];
  if (byteLength(name) > 253) complaints.push('must be no more than 253 bytes');
  if (!/^[-._a-zA-Z0-9]+$/.test(name)) complaints.push(keyWords);
  if (name === '.') complaints.push("must not be '.'");
  else if (name === '..') complaints.push("must not be '..'");
  else if (name.startsWith('..')) complaints.push("must not start with '..'");
  return complaints;
}

const keyWords =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** A release comes after what led to it. */
function isBefore([own, ownLead]: Version, [other, otherLead]: Version): boolean {
  for (const [index, part] of own.entries()) if (part !== other[index]) return part < (other[index] ?? 0n);
  if (ownLead === otherLead || ownLead === '') return false;
  return otherLead === '' || ownLead < otherLead;
}

function validateSpec(spec: JsonObject, errors: FieldError[]): void {
  const [emulation, binary, strategy] = [text(spec.emulationVersion), text(spec.binaryVersion), text(spec.strategy)];
  const emulated = versionOf(emulation);
  const built = versionOf(binary);
  const wrong = 'must be a valid semantic version';
  if (text(spec.leaseName) === '') errors.push(required(path.child('leaseName')));
  if (emulation !== '' && emulated === undefined) errors.push(invalid(path.child('emulationVersion'), emulation, wrong));
  if (binary === '') errors.push(required(path.child('binaryVersion')));
  else if (built === undefined) errors.push(invalid(path.child('binaryVersion'), binary, wrong));
  const zero: Version = [[0n, 0n, 0n], ''];
  if (binary !== '' && emulation !== '' && isBefore(built ?? zero, emulated ?? zero))
    errors.push(invalid(path.child('binaryVersion'), binary, 'must be greater than or equal to `emulationVersion`'));
  const at = path.child('strategy');
  if (strategy === '') {
    errors.push(required(at));
    return;
  }
  if (strategy.includes('/')) complain(strategy, qualifiedName(strategy), at, errors);
  else if (strategy !== 'OldestEmulationVersion') errors.push(notSupported(at.child('strategy'), strategy, ['OldestEmulationVersion']));
  else if (emulated === undefined || !(isBefore(emulated, zero) || isBefore(zero, emulated)))
    errors.push(required(path.child('emulationVersion'), "must be specified when `strategy` is 'OldestEmulationVersion'"));
}

export const leaseCandidate: Validator = {
  create: (candidate) => {
    const errors: FieldError[] = [];
    validateMetadata(candidate, { namespaced: true, name: configKey, standardFinalizers: false }, errors);
    validateSpec(struct(candidate.spec), errors);
    return errors;
  },
  update: (candidate, old) => {
    const errors: FieldError[] = [];
    const name = text(struct(candidate.spec).leaseName);
    validateMetadataUpdate(candidate, old, errors, false);
    validateSpec(struct(candidate.spec), errors);
    validateImmutable(name, text(struct(old.spec).leaseName), path.child('leaseName'), errors, name);
    return errors;
  },
};

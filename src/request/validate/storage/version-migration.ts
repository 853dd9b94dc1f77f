// StorageVersionMigrations: which resource is written anew, and how that went (KEP-4192; kubernetes pkg/apis/storagemigration/validation, 1.36).
// Off by default: `--runtime-config` turns their API version on.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateConditions } from '../meta/conditions.ts';
import { dns1035Label, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { objects, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec', 'resource');
const status = fieldPath('status');

function validate(migration: JsonObject, errors: FieldError[]): void {
  validateMetadata(migration, { namespaced: false, name: dnsSubdomain }, errors);
  const target = struct(struct(migration.spec).resource);
  const [group, resource] = [text(target.group), text(target.resource)];
  const wrong = dns1035Label(resource);
  if (resource === '') errors.push(required(path.child('resource'), 'resource is required to be set'));
  else if (wrong.length > 0) errors.push(invalid(path.child('resource'), resource, wrong.join(',')));
  const wrongGroup = group === '' ? [] : dnsSubdomain(group);
  if (wrongGroup.length > 0) errors.push(invalid(path.child('group'), group, wrongGroup.join(',')));
}

function isTrue(migration: JsonObject, type: string): boolean {
  return objects(struct(migration.status).conditions).find((condition) => condition.type === type)?.status === 'True';
}

function validateStatus(migration: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const { conditions } = struct(migration.status);
  const version = text(struct(migration.status).resourceVersion);
  const before = text(struct(old.status).resourceVersion);
  const at = status.child('resourceVersion');
  if (version !== '' && !/^[1-9][0-9]*$/.test(version))
    errors.push(invalid(at, version, `resource version is not well formed: ${version}`));
  validateConditions(conditions, status.child('conditions'), errors);
  if (before !== '' && before !== version) errors.push(invalid(at, version, 'field is immutable'));
  const refuse = (why: string) => void errors.push(invalid(status.child('conditions'), conditions ?? null, why));
  const [succeeded, failed] = [isTrue(migration, 'Succeeded'), isTrue(migration, 'Failed')];
  if (succeeded && failed) refuse('Both success and failed conditions cannot be true at the same time');
  if (isTrue(old, 'Succeeded') && !succeeded) refuse('Success condition cannot be set to false once it is true');
  if (isTrue(old, 'Failed') && !failed) refuse('Failed condition cannot be set to false once it is true');
}

export const storageVersionMigration: Validator = {
  create: (migration) => {
    const errors: FieldError[] = [];
    validate(migration, errors);
    return errors;
  },
  update: (migration, old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource !== 'status') validate(migration, errors);
    validateMetadataUpdate(migration, old, errors);
    if (subresource === 'status') validateStatus(migration, old, errors);
    else {
      const target = struct(struct(migration.spec).resource);
      const shown = { Resource: { Group: text(target.group), Resource: text(target.resource) } };
      const { group, resource } = struct(struct(old.spec).resource);
      const isSame = text(group) === shown.Resource.Group && text(resource) === shown.Resource.Resource;
      validateImmutable(isSame ? 0 : 1, 0, fieldPath('spec'), errors, shown);
    }
    return errors;
  },
};

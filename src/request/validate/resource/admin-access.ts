// Access to devices that are in use, for monitoring (KEP-5018): only in namespaces that are labelled for it
// (pkg/registry/resource/utils.go, Kubernetes 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, internalError } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import type { State } from '../../store/state.ts';
import { labelsOf, metadataOf, object, objects, struct, text } from '../read.ts';

const label = 'resource.kubernetes.io/admin-access';

/** Requests of a claim or a template. */
export function validateAdminRequests(holder: JsonObject, spec: JsonObject, state: State, errors: FieldError[]): void {
  const position = objects(struct(spec.devices).requests).findIndex(({ exactly }) => object(exactly)?.adminAccess === true);
  if (position >= 0)
    validateNamespace(holder, state, fieldPath('spec', 'devices', 'requests').index(position).child('adminAccess'), errors);
}

/** Devices that were allocated so, where none was before. */
export function validateAdminResults(claim: JsonObject, old: JsonObject, state: State, errors: FieldError[]): void {
  const granted = (each: JsonObject) =>
    objects(struct(struct(struct(each.status).allocation).devices).results).findIndex(({ adminAccess }) => adminAccess === true);
  const position = granted(old) >= 0 ? -1 : granted(claim);
  if (position < 0) return;
  const path = fieldPath('status', 'allocation', 'devices', 'results').index(position).child('adminAccess');
  validateNamespace(claim, state, path, errors);
}

function validateNamespace(holder: JsonObject, state: State, path: Path, errors: FieldError[]): void {
  const name = text(metadataOf(holder).namespace);
  const found = state.get({ group: '', resource: 'namespaces' }, '', name);
  if (found === undefined)
    errors.push(internalError(path, `could not retrieve namespace to verify admin access: namespaces ${JSON.stringify(name)} not found`));
  else if (text(labelsOf(found)[label]) !== 'true')
    errors.push(forbidden(path, `admin access to devices requires the \`${label}: true\` label on the containing namespace`));
}

// Parameters of policies: `paramKind` of a policy and `paramRef` of its bindings (kubernetes pkg/apis/admissionregistration/validation, 1.36).

import type { Json } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabelSelector } from '../meta/labels.ts';
import { dns1035Label, dnsSubdomain, pathSegment } from '../meta/names.ts';
import { given, object, text } from '../read.ts';

const actions = ['Deny', 'Allow'];
const exclusive = 'name and selector are mutually exclusive';

export function validateParamKind(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const paramKind = object(value);
  if (paramKind === undefined) return;
  validateApiVersion(text(paramKind.apiVersion), path.child('apiVersion'), errors);
  const kind = text(paramKind.kind);
  const complaints = dns1035Label(kind.toLowerCase());
  if (kind === '') errors.push(required(path.child('kind')));
  else if (complaints.length > 0)
    errors.push(invalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${complaints.join(',')}`));
}

function validateApiVersion(apiVersion: string, path: Path, errors: FieldError[]): void {
  if (apiVersion === '') {
    errors.push(required(path));
    return;
  }
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (parts.length > 2) {
    errors.push(invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
    return;
  }
  const [group, version] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : ['', apiVersion];
  const complaints = group === '' ? [] : dnsSubdomain(group);
  if (complaints.length > 0) errors.push(invalid(path, group, complaints.join(',')));
  const wrong = dns1035Label(version);
  if (version === '') errors.push(invalid(path, apiVersion, 'version must be specified'));
  else if (wrong.length > 0) errors.push(invalid(path, version, wrong.join(',')));
}

export function validateParamRef(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const reference = object(value);
  if (reference === undefined) return;
  const name = text(reference.name);
  const selects = given(reference.selector);
  if (name !== '') {
    complain(name, pathSegment(name), path.child('name'), errors);
    if (selects) errors.push(forbidden(path.child('name'), exclusive));
  }
  if (selects) {
    validateLabelSelector(reference.selector, path.child('selector'), errors);
    if (name !== '') errors.push(forbidden(path.child('selector'), exclusive));
  } else if (name === '') errors.push(required(path, 'one of name or selector must be specified'));
  const action = text(reference.parameterNotFoundAction);
  const at = path.child('parameterNotFoundAction');
  if (action === '') errors.push(required(at));
  else if (!actions.includes(action)) errors.push(notSupported(at, action, actions));
}

// APIServices (kube-aggregator pkg/apis/apiregistration/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { withoutEnd } from '../../../lib/text.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dns1035Label, dnsSubdomain, pathSegment, portNumber } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { count, object, objects, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');

function validateService(service: JsonObject, errors: FieldError[]): void {
  const spec = struct(service.spec);
  const [group, version] = [text(spec.group), text(spec.version)];
  const name = `${version}.${group}`;
  const nameRule = (own: string) => {
    const complaints = pathSegment(own);
    return complaints.length > 0 || own === name ? complaints : [`must be \`spec.version+"."+spec.group\`: ${goQuote(name)}`];
  };
  validateMetadata(service, { namespaced: false, name: nameRule, standardFinalizers: false }, errors);
  if (group === '' && version !== 'v1')
    errors.push(required(path.child('group'), 'only v1 may have an empty group and it better be legacy kube'));
  if (group !== '') complain(group, dnsSubdomain(group), path.child('group'), errors);
  complain(version, dns1035Label(version), path.child('version'), errors);
  for (const [field, most] of [
    ['groupPriorityMinimum', 20000],
    ['versionPriority', 1000],
  ] as const) {
    const priority = count(spec[field]);
    if (priority <= 0 || priority > most) errors.push(invalid(path.child(field), priority, `must be positive and less than ${most}`));
  }
  validateTarget(spec, errors);
}

/** Where the group is served, and whom the server trusts there. */
function validateTarget(spec: JsonObject, errors: FieldError[]): void {
  const target = object(spec.service);
  const bundle = text(spec.caBundle);
  const insecure = spec.insecureSkipTLSVerify === true;
  const refuse = (words: string) => errors.push(invalid(path.child('insecureSkipTLSVerify'), true, words));
  if (target === undefined) {
    const bytes = Math.floor((withoutEnd(bundle, '=').length * 3) / 4);
    if (bundle !== '') errors.push(invalid(path.child('caBundle'), `${bytes} bytes`, 'local APIServices may not have a caBundle'));
    if (insecure) refuse('local APIServices may not have insecureSkipTLSVerify');
    return;
  }
  for (const field of ['namespace', 'name']) if (text(target[field]) === '') errors.push(required(path.child('service', field)));
  const complaints = portNumber(count(target.port));
  if (complaints.length > 0)
    errors.push(invalid(path.child('service', 'port'), count(target.port), `port is not valid: ${complaints.join(', ')}`));
  if (insecure && bundle !== '') refuse('may not be true if caBundle is present');
}

export const apiService: Validator = {
  create: (service) => {
    const errors: FieldError[] = [];
    validateService(service, errors);
    return errors;
  },
  update: (service, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(service, old, errors, false);
    if (subresource !== 'status') {
      validateService(service, errors);
      return errors;
    }
    for (const [position, { status }] of objects(struct(service.status).conditions).entries())
      if (status !== 'True' && status !== 'False' && status !== 'Unknown')
        errors.push(
          notSupported(fieldPath('status', 'conditions').index(position).child('status'), text(status), ['True', 'False', 'Unknown']),
        );
    return errors;
  },
};

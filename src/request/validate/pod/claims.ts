// Resource claims of a pod (KEP-4381; kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { given, objects, text } from '../read.ts';

/** `isMirror`: of a static pod, which can have none. */
export function validateResourceClaims(spec: JsonObject, isMirror: boolean, path: Path, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [position, claim] of objects(spec.resourceClaims).entries()) {
    if (isMirror) {
      errors.push(forbidden(fieldPath(''), 'static pods do not support resource claims'));
      continue;
    }
    const at = path.index(position);
    const name = text(claim.name);
    if (name === '') errors.push(required(at.child('name')));
    else if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    else {
      complain(name, dnsLabel(name), at.child('name'), errors);
      names.add(name);
    }
    const named = given(claim.resourceClaimName);
    const templated = given(claim.resourceClaimTemplateName);
    const whole = () => asInternal(claim, 'core.PodResourceClaim');
    if (named && templated)
      errors.push(invalid(at, whole(), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (!named && !templated) errors.push(invalid(at, whole(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const)
      if (given(claim[field])) complain(text(claim[field]), dnsSubdomain(text(claim[field])), at.child(field), errors);
  }
}

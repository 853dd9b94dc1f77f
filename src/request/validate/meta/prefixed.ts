// Domain-prefixed paths: `acme.io/foo` (k8s.io/apimachinery/pkg/util/validation, 1.36).

import { type FieldError, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from './labels.ts';
import { dnsSubdomain, formComplaint } from './names.ts';

const form = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

export function validateDomainPrefixedPath(value: string, path: Path, errors: FieldError[]): void {
  const slash = value.indexOf('/');
  const host = value.slice(0, Math.max(slash, 0));
  const rest = value.slice(slash + 1);
  if (value === '') errors.push(required(path));
  else if (slash < 1 || rest === '') errors.push(invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else {
    complain(host, dnsSubdomain(host), path, errors);
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) errors.push(invalid(path, rest, formComplaint('Invalid path', form)));
  }
}

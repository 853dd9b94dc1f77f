// Names of certificate signers and ClusterTrustBundles (kubernetes pkg/apis/core/validation/names.go, 1.36).

import { type FieldError, invalid, required, tooLong } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { type Complaints, dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { byteLength } from '../read.ts';

export function isKubernetesSigner(name: string): boolean {
  const host = name.split('/')[0] ?? '';
  return host === 'kubernetes.io' || host.endsWith('.kubernetes.io');
}

/** `example.com/signer-name`. */
export function validateSignerName(name: string, path: Path | string, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  const segments = name.split('/');
  const [domain = '', rest = ''] = segments;
  if (segments.length !== 2) {
    errors.push(invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
    return;
  }
  if (byteLength(domain) > 253) errors.push(tooLong(path, 253));
  const labels = domain.split('.');
  refuseFirst(labels, dnsLabel, domain, path, errors);
  if (labels.length < 2) errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  refuseFirst(rest.split('.'), dnsSubdomain, rest, path, errors);
  if (byteLength(name) > 253 + 253 + 63 + 2) errors.push(tooLong(path, 253 + 253 + 63 + 2));
}

/** The complaints about the first label that has any. */
function refuseFirst(
  labels: readonly string[],
  rule: (label: string) => Complaints,
  whole: string,
  path: Path | string,
  errors: FieldError[],
): void {
  const bad = labels.find((label) => rule(label).length > 0);
  if (bad === undefined) return;
  for (const complaint of rule(bad)) errors.push(invalid(path, whole, `validating label ${goQuote(bad)}: ${complaint}`));
}

/** A ClusterTrustBundle's name begins with its signer's, `:` for `/`; one without signer has no colon. */
export function trustBundleName(name: string, signer: string): Complaints {
  if (signer === '')
    return name.includes(':') ? ['ClusterTrustBundle without signer name must not have ":" in its name'] : dnsSubdomain(name);
  const prefix = `${signer.replaceAll('/', ':')}:`;
  if (!name.startsWith(prefix)) return [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${prefix}`];
  return dnsSubdomain(name.slice(prefix.length));
}

/** The signer that a bundle's name speaks of; '' where it names none. */
export function signerOfBundleName(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon < 0 ? '' : name.slice(0, colon).replaceAll(':', '/');
}

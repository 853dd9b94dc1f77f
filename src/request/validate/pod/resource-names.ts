// Names of resources: which are standard, native, extended, whole numbers (kubernetes pkg/apis/core/helper, 1.36).

import { parseQuantity, type Quantity, quantityIn } from '../../../kube/quantity.ts';
import { type FieldError, invalid, notSupported } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { compare, isWhole, shownAmount } from '../amount.ts';
import { complain } from '../meta/labels.ts';
import { qualifiedName } from '../meta/names.ts';

const compute = ['cpu', 'memory', 'ephemeral-storage'];
const computeQuota = compute.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]);
const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const integers = new Set(counted);
const quota = new Set([...computeQuota, 'requests.storage', ...counted]);
const standard = new Set([...quota, 'storage']);
const zero: Quantity = { mantissa: 0n, exponent: 0, format: 'decimal' };

export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

function isQuotaHugePages(name: string): boolean {
  return isHugePages(name) || name.startsWith('requests.hugepages-');
}

export function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** `vendor.example/gpu`: not native, and short enough to be named in quotas. */
export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

/** Requests of native resources may differ from their limits. */
export function mayOvercommit(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

export function isStandardQuotaResource(name: string): boolean {
  return quota.has(name) || isQuotaHugePages(name);
}

/** The name of any resource. */
export function validateResourceName(name: string, path: Path, errors: FieldError[]): boolean {
  const before = errors.length;
  complain(name, qualifiedName(name), path, errors);
  if (errors.length > before) return false;
  if (!name.includes('/') && !standard.has(name) && !isQuotaHugePages(name))
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  return errors.length === before;
}

/** The name of a resource of containers. */
export function validateContainerResourceName(name: string, path: Path, errors: FieldError[]): void {
  validateResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!compute.includes(name) && !isHugePages(name)) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
}

/** The name of a resource that a whole pod may ask for. */
export function validatePodResourceName(name: string, path: Path, errors: FieldError[]): void {
  if (!validateResourceName(name, path, errors)) return;
  if (name !== 'cpu' && name !== 'memory' && !isHugePages(name)) errors.push(notSupported(path, name, ['cpu', 'hugepages-', 'memory']));
}

/** A name in a quota. */
export function validateQuotaResourceName(name: string, path: Path, errors: FieldError[]): void {
  validateResourceName(name, path, errors);
  if (!name.includes('/') && !isStandardQuotaResource(name)) errors.push(invalid(path, name, 'must be a standard resource for quota'));
}

/** An amount: not negative, and whole where the resource is counted. */
export function validateAmount(name: string, value: Quantity, path: Path, errors: FieldError[]): void {
  if (compare(value, zero) < 0) errors.push(invalid(path, shownAmount(value), 'must be greater than or equal to 0'));
  if ((integers.has(name) || isExtended(name)) && !isWhole(value)) errors.push(invalid(path, shownAmount(value), 'must be an integer'));
}

/** True for a whole number of pages of the size that the resource's name says. */
export function isWholePages(name: string, value: Quantity): boolean {
  const page = parseQuantity(name.slice('hugepages-'.length));
  if (!page.ok || compare(page.value, zero) <= 0 || !isWhole(page.value)) return false;
  return quantityIn(value) % quantityIn(page.value) === 0n;
}

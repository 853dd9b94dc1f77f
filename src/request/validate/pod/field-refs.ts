// References to fields and resources of the pod itself, in environments and downward API volumes (kubernetes pkg/apis/core/validation and
// pkg/apis/core/pods, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { amount, shownAmount } from '../amount.ts';
import { complain } from '../meta/labels.ts';
import { qualifiedName } from '../meta/names.ts';
import { text } from '../read.ts';

export const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const convertible = new Set([
  ...environmentFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.host',
]);
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = [
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((unit) => `1${unit}`),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`),
];

/** `metadata.labels['app']` is the path and its subscript. */
function subscripted(fieldPath: string): { readonly path: string; readonly subscript?: string } {
  const start = fieldPath.indexOf("['");
  return start > 0 && fieldPath.endsWith("']") && fieldPath.length >= start + 4
    ? { path: fieldPath.slice(0, start), subscript: fieldPath.slice(start + 2, -2) }
    : { path: fieldPath };
}

export function validateFieldRef(reference: JsonObject, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  const version = text(reference.apiVersion);
  const written = text(reference.fieldPath);
  if (version === '' || written === '') {
    errors.push(required(path.child(version === '' ? 'apiVersion' : 'fieldPath')));
    return;
  }
  const { path: field, subscript } = subscripted(written);
  const refuse = (why: string) => errors.push(invalid(path.child('fieldPath'), written, `error converting fieldPath: ${why}`));
  if (version !== 'v1') refuse(`unsupported pod version: ${version}`);
  else if (subscript !== undefined) {
    if (field === 'metadata.annotations') complain(subscript.toLowerCase(), qualifiedName(subscript.toLowerCase()), path, errors);
    else if (field === 'metadata.labels') complain(subscript, qualifiedName(subscript), path, errors);
    else refuse(`field label does not support subscript: ${written}`);
  } else if (!convertible.has(field)) refuse(`field label not supported: ${written}`);
  else {
    const converted = field === 'spec.host' ? 'spec.nodeName' : field;
    if (!allowed.includes(converted)) errors.push(notSupported(path.child('fieldPath'), converted, allowed));
  }
}

/** `inVolume`: which container is meant has to be said. */
export function validateResourceFieldRef(reference: JsonObject, path: Path, errors: FieldError[], inVolume: boolean): void {
  const resource = text(reference.resource);
  const pages = resource.startsWith('limits.hugepages-') || resource.startsWith('requests.hugepages-');
  if (inVolume && text(reference.containerName) === '') errors.push(required(path.child('containerName')));
  else if (resource === '') errors.push(required(path.child('resource')));
  else if (!resources.includes(resource) && !pages) errors.push(notSupported(path.child('resource'), resource, resources));
  const divisor = amount(reference.divisor);
  if (divisor.mantissa === 0n) return;
  const kind = resource.split('.')[1] ?? '';
  const [words, divisors] =
    kind === 'cpu'
      ? ['1m and 1 are supported with the cpu resource', ['1m', '1']]
      : [`${byteDivisors.join(', ')} are supported with the ${byteKind(kind)} resource`, byteDivisors];
  if ((resources.includes(resource) || pages) && !divisors.includes(shownAmount(divisor)))
    errors.push(invalid(path.child('divisor'), resource, `only divisor's values ${words}`));
}

function byteKind(kind: string): string {
  if (kind.startsWith('hugepages-')) return 'hugepages';
  return kind === 'memory' ? 'memory' : 'local ephemeral storage';
}

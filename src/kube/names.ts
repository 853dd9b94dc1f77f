// The forms of names that Kubernetes checks: RFC 1123 and 1035 labels, label keys and values, annotations, ports, environment variables.
// As k8s.io/apimachinery/pkg/util/validation of 1.36. Lengths are in bytes, as there.

const label1123 = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const label1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const qualified = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const encoder = new TextEncoder();

/** Largest total of all annotation keys and values of an object, in bytes. */
export const maxAnnotationsSize = 256 * 1024;

/** `web-1`: at most 63 characters of a-z, 0-9 and dashes inside. Names of most namespaced parts: containers, volumes, namespaces. */
export function isDns1123Label(text: string): boolean {
  return text.length <= 63 && label1123.test(text);
}

/** `web.example.com`: labels joined by dots, at most 253 characters. Names of most objects. */
export function isDns1123Subdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label1123.test(part));
}

/** Like a label, but not starting with a digit: names of Services before 1.36. */
export function isDns1035Label(text: string): boolean {
  return text.length <= 63 && label1035.test(text);
}

/** `*.example.com`. */
export function isWildcardDns1123Subdomain(text: string): boolean {
  return text.length <= 253 && text.startsWith('*.') && isDns1123Subdomain(text.slice(2));
}

/** A label key, an annotation key (whatever its case), a resource name: `app`, `example.com/app`. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  if (parts.length > 2) return false;
  const name = parts.at(-1) ?? '';
  if (parts.length === 2 && !isDns1123Subdomain(parts[0] ?? '')) return false;
  return name.length <= 63 && qualified.test(name);
}

/** Empty, or at most 63 characters that start and end with a letter or digit. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && qualified.test(text));
}

/** Annotation keys are label keys in any case; only their total size is limited. */
export function isAnnotationKey(text: string): boolean {
  return isQualifiedName(text.toLowerCase());
}

/** Bytes that an object's annotations take of `maxAnnotationsSize`. */
export function annotationsSize(annotations: Readonly<Record<string, string>>): number {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) size += encoder.encode(key).length + encoder.encode(value).length;
  return size;
}

/** A name of a port: at most 15 characters, one of them a letter, no dash at an end or beside another (IANA service name). */
export function isPortName(text: string): boolean {
  return text.length <= 15 && /^[-a-z0-9]+$/.test(text) && /[a-z]/.test(text) && !text.includes('--') && !/^-|-$/.test(text);
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(text: string): boolean {
  return text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..');
}

/** A name of an environment variable: printable ASCII without `=` since 1.34 (KEP-4369); before that a C identifier with dots and dashes. */
export function isEnvironmentVariableName(text: string, relaxed = true): boolean {
  return relaxed ? /^[ -<>-~]+$/.test(text) : /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== '.' && !text.startsWith('..');
}

/** A name that is used as one segment of a path: RBAC objects and others with free names. */
export function isPathSegmentName(text: string): boolean {
  return text !== '.' && text !== '..' && !text.includes('/') && !text.includes('%');
}

/** A whole number of percent: `25%`. */
export function isPercent(text: string): boolean {
  return /^[0-9]+%$/.test(text);
}

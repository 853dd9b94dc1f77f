// What the API server checks or says since a minor release without any feature gate, found by holding real servers of 1.34 and 1.35 against
// these checks, which are those of 1.36 (pkg/apis/*/validation and pkg/api of those releases). What is behind a gate is in kube/version.

const since = {
  /** `Lt` and `Gt` are operators of tolerations that the server knows, if it takes them or not. */
  comparingTolerations: 35,
  /** Fields of structs within structs are named with them in messages of the decoder. */
  embeddedFields: 35,
  preferCloseDeprecated: 35,
  externalIpsDeprecated: 36,
  /** Init containers that end may not ask to be restarted when they are resized. */
  restartOfPlainInit: 36,
  /** Addresses that are written unusually are invalid, where they were to become so. */
  strictAddresses: 36,
  /** What may not change in a StorageClass is said as of every immutable field. */
  immutableClasses: 36,
} as const;

const minors = new Map<string, number>();

/**
 * True where a release has the change.
 *
 * @example `hasChange('1.35', 'externalIpsDeprecated')` is `false`
 */
export function hasChange(version: string, change: keyof typeof since): boolean {
  let minor = minors.get(version);
  if (minor === undefined) {
    minor = Number(version.split('.')[1] ?? '');
    minors.set(version, minor);
  }
  return minor >= since[change];
}

const unusual = /^(.*: non-standard (?:IP address|CIDR value) ".*") is invalid: use /;

/** A warning in the words of a release. */
export function warningOf(version: string, warning: string): string {
  if (hasChange(version, 'strictAddresses')) return warning;
  return warning.replace(unusual, '$1 will be considered invalid in a future Kubernetes release: use ');
}

/** How the schemes of a release's server name themselves: by a line of their source. */
export function schemeName(version: string): string {
  const minor = Number(version.split('.')[1] ?? '');
  return `pkg/runtime/scheme.go:${minor < 33 ? 100 : minor < 35 ? 110 : 111}`;
}

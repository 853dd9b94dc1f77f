// Versions: of releases (`v1.29.1-eks-abc`) in the lenient order of k8s.io/apimachinery/pkg/util/version, which looks at the numbers alone,
// and of APIs (`v1`, `v1beta2`) in the order of k8s.io/apimachinery/pkg/version, stable before beta before alpha.

export interface ReleaseVersion {
  /** At least two: major and minor. */
  readonly components: readonly bigint[];
}

const generic = /^\s*v?([0-9]+(?:\.[0-9]+)*)([^\n]*)$/;
const maxComponent = (1n << 64n) - 1n;

/** Reads a release version; undefined for what is none. What follows the numbers is ignored, as Kubernetes does. */
export function parseReleaseVersion(text: string): ReleaseVersion | undefined {
  if (text.length > 256) return undefined;
  const parts = (generic.exec(text)?.[1] ?? '').split('.');
  if (parts.length < 2 || /^0[0-9]/.test(parts[0] ?? '')) return undefined;
  const components = parts.map((part) => BigInt(part));
  return components.every((component) => component <= maxComponent) ? { components } : undefined;
}

/** Negative where `a` is older. Missing components count as 0. */
export function compareReleaseVersions(a: ReleaseVersion, b: ReleaseVersion): number {
  for (let index = 0; index < Math.max(a.components.length, b.components.length); index++) {
    const left = a.components[index] ?? 0n;
    const right = b.components[index] ?? 0n;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** `1.29` of `v1.29.1-eks-abc`; undefined where the text is no version. */
export function minorRelease(text: string): string | undefined {
  const version = parseReleaseVersion(text);
  return version === undefined ? undefined : `${version.components[0]}.${version.components[1]}`;
}

/** Negative where release `a` is older than `b`; both are texts such as `1.9` and `1.16`. Texts that are no versions come first. */
export function compareReleases(a: string, b: string): number {
  const left = parseReleaseVersion(a);
  const right = parseReleaseVersion(b);
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return compareReleaseVersions(left, right);
}

const stability = { alpha: 0, beta: 1, stable: 2 } as const;

function apiVersionParts(text: string): readonly [number, number, number] | undefined {
  const match = /^v([0-9]{1,9})(?:(alpha|beta)([0-9]{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, major, level, minor] = match;
  return [stability[level === 'alpha' || level === 'beta' ? level : 'stable'], Number(major), Number(minor ?? 0)];
}

/** Negative where API version `a` has the lower priority: `v1` > `v2beta1` > `v1beta1` > `v3alpha1` > anything else. */
export function compareApiVersions(a: string, b: string): number {
  const left = apiVersionParts(a);
  const right = apiVersionParts(b);
  if (left === undefined && right === undefined) return a === b ? 0 : a > b ? -1 : 1;
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  for (const index of [0, 1, 2] as const) if (left[index] !== right[index]) return left[index] - right[index];
  return 0;
}

/** Alpha and beta versions are not served unless asked for (beta since 1.24, KEP-3136). */
export function stabilityOf(version: string): 'alpha' | 'beta' | 'stable' {
  return version.includes('alpha') ? 'alpha' : version.includes('beta') ? 'beta' : 'stable';
}

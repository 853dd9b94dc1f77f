// Versions as tags and nodes write them (`v1.8.4`, `9.2.3-ubuntu`, `containerd://1.6.0`), compared number by number. A tag that is no version
// says nothing, and nothing is said about it.

export type Version = readonly [major: number, minor: number, patch: number];

/** Versions from `from` up to but without `fixed`. */
export interface Affected {
  readonly from: Version;
  readonly fixed: Version;
}

/** The three numbers of a version text; undefined where it has not exactly three at its start. */
export function versionIn(text: string): Version | undefined {
  const match = /^v?([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})(?:[-+].*)?$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** True where the version lies in one of the ranges. */
export function isAffected(version: Version, ranges: readonly Affected[]): boolean {
  return ranges.some(({ from, fixed }) => compare(version, from) >= 0 && compare(version, fixed) < 0);
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

// Versions as tags and nodes write them (`v1.8.4`, `9.2.3-ubuntu`), compared as Kubernetes compares releases. A tag that is no version of
// three numbers says nothing, and nothing is said about it.

import { compareReleases } from '../../kube/version/version.ts';

/** Versions from `from` up to but without `fixed`. */
export interface Affected {
  readonly from: string;
  readonly fixed: string;
}

/** The three numbers of a version text, `1.8.4` of `v1.8.4-alpine`; undefined where it does not start with exactly three. */
export function versionIn(text: string): string | undefined {
  return /^v?([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})(?:[-+].*)?$/.exec(text)?.[1];
}

/** True where the version lies in one of the ranges. */
export function isAffected(version: string, ranges: readonly Affected[]): boolean {
  return ranges.some(({ from, fixed }) => compareReleases(version, from) >= 0 && compareReleases(version, fixed) < 0);
}

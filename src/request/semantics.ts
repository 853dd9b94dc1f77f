// Whose semantics the pipeline has. What no published schema says (defaults, what is dropped, validation, admission) is known as the Go code of
// one release has it, and was held against a real server of that release; of others the schemas and the feature gates are known. The guide of
// `request` has the table of what is known to differ.

import { compareReleases } from '../kube/version/version.ts';

/** The release whose answers were held against a real server: what `request`, `simulate` and `diff --server` speak of unless told otherwise. */
export const provedRelease = '1.36';

/** The oldest release that this server can emulate, and was held against doing so. */
const oldestEmulated = '1.33';

/**
 * What to say of answers in the name of a release; nothing where it is the proved one.
 *
 * @example `semanticsNote('1.36')` is `undefined`
 */
export function semanticsNote(minor: string): string | undefined {
  const difference = compareReleases(minor, provedRelease);
  if (difference === 0) return undefined;
  if (difference > 0)
    return `fields and API versions are those of Kubernetes ${minor}; defaults, checks and feature gates are those of ${provedRelease}, the newest release held against a real server`;
  const held =
    compareReleases(minor, oldestEmulated) < 0
      ? 'which no test holds against a server'
      : `as a server of ${provedRelease} that emulates it`;
  return `fields, API versions and feature gates are those of Kubernetes ${minor}, ${held}; checks that changed without a gate are those of ${provedRelease}`;
}

// Versions of the Pod Security Standards: `latest` or `v1.N`, as the labels of a namespace write them; `1.N` without the v is taken too.
// A version newer than this program knows has the newest checks known, as in an API server that is older than its labels.

/** The newest minor of Kubernetes whose checks are known. */
export const newestMinor = 37;

/** The minor of a version that a label may carry, `latest` as it is; undefined for anything else. */
export function parseVersion(text: string): number | 'latest' | undefined {
  if (text === 'latest') return text;
  const match = /^v?1\.(0|[1-9][0-9]*)$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** The minor whose checks apply. What is no version is read as `latest`, as the API server reads it. */
export function minorOf(version: string): number {
  const minor = parseVersion(version);
  return typeof minor === 'number' ? Math.min(minor, newestMinor) : newestMinor;
}

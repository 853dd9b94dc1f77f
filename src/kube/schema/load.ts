// Loading the data of a release: asynchronous, because JSON modules are, and kept, so that everything after is synchronous. The shell awaits
// `loadSchemas` before it runs anything that asks `schemasOf`; where it did not, that answers undefined and nothing is guessed.

import { minorRelease } from '../version/version.ts';
import type { EncodedDifference, EncodedRelease } from './encoding.ts';
import { minors } from './generated/minors.ts';
import { decodeRelease, olderRelease, type Release } from './release.ts';

/** Minor releases there are data for, newest first. */
export const knownReleases: readonly string[] = minors;

const loaded = new Map<string, Release>();

/** Loads the data of a release, given as `1.34`, `v1.34.2` or the like; undefined where there are none. Repeated calls cost nothing. */
export async function loadSchemas(version: string): Promise<Release | undefined> {
  const minor = minorRelease(version);
  if (minor === undefined || !minors.includes(minor)) return undefined;
  const known = loaded.get(minor);
  if (known !== undefined) return known;
  const steps = minors.indexOf(minor);
  const newest: unknown = (await import('./generated/newest.json', { with: { type: 'json' } })).default;
  const differences: unknown = steps === 0 ? [] : (await import('./generated/older.json', { with: { type: 'json' } })).default;
  const encoded = olderRelease(newest as EncodedRelease, (differences as readonly EncodedDifference[]).slice(0, steps));
  const release = decodeRelease(minor, encoded);
  loaded.set(minor, release);
  return release;
}

/** The data of a release that was loaded before; undefined where it was not, or where there are none. */
export function schemasOf(version: string): Release | undefined {
  return loaded.get(minorRelease(version) ?? '');
}

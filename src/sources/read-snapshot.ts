// Manifests, archives, charts or a saved snapshot, read whole: what programs begin with.

import { loadSchemas } from '../kube/schema/load.ts';
import { factsFor, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { type LoadOptions, load } from './load.ts';
import { type Locator, positions } from './positions.ts';

export interface ReadSnapshot {
  /** What could not be read is among its problems. */
  readonly snapshot: Snapshot;
  /** Finds the place of a field in the file it came from. */
  readonly locate: Locator;
}

/** Reads everything under `paths` and makes the schemas of its Kubernetes release known, so that every function of the library may be asked. */
export async function readSnapshot(paths: readonly string[], options: LoadOptions = {}): Promise<ReadSnapshot> {
  const { texts, ...loaded } = await load(paths, options);
  const facts = factsFor(loaded.facts, options.kubernetesVersion);
  await loadSchemas(facts.kubernetesVersion);
  return { snapshot: snapshot({ ...loaded, facts }), locate: positions(texts) };
}

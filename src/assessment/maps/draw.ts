// A map of a snapshot by its name, and its difference to the target: the same map of the snapshot as it is to become.

import type { ScanResult } from '../../controls/result.ts';
import { sameJson } from '../../lib/json.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { RepositoryFile } from '../repository/file.ts';
import { applicationMap } from './application.ts';
import { architectureMap } from './architecture.ts';
import { exposureMap } from './exposure.ts';
import { identityMap } from './identity.ts';
import type { MapLine, MapName, MapPicture, MapState, MapThing } from './map.ts';
import { pipelineMap } from './pipeline.ts';
import { responsibilityMap } from './responsibility.ts';
import { recoveryMap, storageMap } from './storage.ts';

/** What maps are drawn of. */
export interface MapSource {
  readonly snapshot: Snapshot;
  readonly scan: ScanResult;
  readonly repository: readonly RepositoryFile[];
}

const builders: Readonly<Record<MapName, (source: MapSource) => MapPicture>> = {
  architecture: ({ snapshot }) => architectureMap(snapshot),
  application: ({ snapshot }) => applicationMap(snapshot),
  identity: ({ snapshot }) => identityMap(snapshot),
  storage: ({ snapshot }) => storageMap(snapshot),
  pipeline: ({ snapshot, repository }) => pipelineMap(snapshot, repository),
  recovery: ({ snapshot }) => recoveryMap(snapshot),
  responsibility: ({ snapshot, scan }) => responsibilityMap(snapshot, scan),
  exposure: ({ snapshot }) => exposureMap(snapshot),
};

/** The map of a snapshot. */
export function mapOf(name: MapName, source: MapSource): MapPicture {
  return builders[name](source);
}

/** A thing or line with how it stands to the target. */
export type Stated<T> = T & { readonly state: MapState };

export interface MapDifference {
  readonly things: readonly Stated<MapThing>[];
  readonly lines: readonly Stated<MapLine>[];
  readonly more: number;
}

/** A map with nothing to compare it to. */
export function unchanged({ things, lines, more }: MapPicture): MapDifference {
  return { things: things.map((one) => ({ ...one, state: 'same' })), lines: lines.map((one) => ({ ...one, state: 'same' })), more };
}

/** Now and the target in one picture: what goes, what comes, what changes. */
export function mapDifference(now: MapPicture, target: MapPicture): MapDifference {
  const key = ({ from, to }: MapLine) => `${from}\n${to}`;
  return {
    things: stated(now.things, target.things, ({ id }) => id),
    lines: stated(now.lines, target.lines, key),
    more: Math.max(now.more, target.more),
  };
}

function stated<T extends object>(now: readonly T[], target: readonly T[], key: (one: T) => string): readonly Stated<T>[] {
  const later = new Map(target.map((one) => [key(one), one]));
  const here = new Set(now.map(key));
  return [
    ...now.map((one): Stated<T> => {
      const then = later.get(key(one));
      if (then === undefined) return { ...one, state: 'removed' };
      return sameJson(one, then) ? { ...one, state: 'same' } : { ...then, state: 'changed' };
    }),
    ...target.filter((one) => !here.has(key(one))).map((one): Stated<T> => ({ ...one, state: 'added' })),
  ];
}

// Which volume a claim is given: those with the fewest access modes first, of these the one that fits (pkg/controller/volume/persistentvolume/
// {index,pv_controller}.go, 1.36). Where a node is given it is the scheduler that looks, in all volumes of the claim's class.

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { compareQuantities } from '../../../kube/quantity.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { classNameOf, volumesResource as volumes, waitsForPod } from '../../../request/scheduling/claims.ts';
import {
  hasModes,
  hasOtherAttributes,
  hasOtherMode,
  matchingVolume,
  modesOf,
  quantityOf,
  sizeOf,
  wantedSize,
} from '../../../request/scheduling/volume-matching.ts';
import type { Store } from '../../../request/store/store.ts';

export { volumesResource as volumes } from '../../../request/scheduling/claims.ts';

export function compareSizes(a: Json | undefined, b: Json | undefined): number {
  return compareQuantities(quantityOf(a), quantityOf(b));
}

/** The volume that the controller binds a claim to. A claim that waits for its pod is given only what is reserved for it. */
export function volumeFor(claim: JsonObject, store: Store): JsonObject | undefined {
  const byModes = Map.groupBy(
    store.list(volumes).filter((volume) => hasModes(volume, claim)),
    (volume) => new Set(modesOf(volume)).size,
  );
  const isReservedOnly = waitsForPod(claim, store);
  for (const [, some] of [...byModes].sort(([a], [b]) => a - b)) {
    const found = matchingVolume(claim, some, { isReservedOnly });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The volume that the scheduler takes for a claim of a pod that goes to a node with these labels. */
export function volumeOn(claim: JsonObject, store: Store, node: Readonly<Record<string, string>>): JsonObject | undefined {
  const own = store.list(volumes).filter((volume) => classNameOf(volume) === classNameOf(claim));
  return matchingVolume(claim, own, { node });
}

/** Why a volume that a claim asks for by name cannot be its own. */
export function mismatch(volume: JsonObject, claim: JsonObject): string | undefined {
  if (isGoing(volume)) return `the volume is marked for deletion ${JSON.stringify(nameOf(volume))}`;
  if (compareQuantities(sizeOf(volume), wantedSize(claim)) < 0) return 'requested PV is too small';
  if (classNameOf(volume) !== classNameOf(claim)) return 'storageClassName does not match';
  if (hasOtherAttributes(volume, claim)) return 'volumeAttributesClassName does not match';
  if (hasOtherMode(volume, claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

// Which volume fits a claim: one that is reserved for it, or none where that does not do, else the smallest that is free and of its kind
// (component-helpers/storage/volume FindMatchingVolume, 1.36). The scheduler asks for a node, and then looks at access modes and at where the
// volume can be reached; the volumes' own controller asks for none, and has looked at access modes before.

import { compareQuantities, parseQuantity, type Quantity } from '../../kube/quantity.ts';
import { labelSelector, matches } from '../../kube/selector.ts';
import { asString, dig, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import { classNameOf, isGiven, isVolumeOf } from './claims.ts';
import { matchesTerms } from './node-filters.ts';

/** Who asks. */
export interface VolumeSeeker {
  /** Labels of the node that the volume is to be reached from; undefined for the controller. */
  readonly node?: Readonly<Record<string, string>> | undefined;
  /** Whether only what is reserved for the claim counts: the controller leaves the rest to the scheduler. */
  readonly isReservedOnly?: boolean;
}

/** The volume for a claim, of these; undefined where none fits. */
export function matchingVolume(
  claim: JsonObject,
  volumes: readonly JsonObject[],
  { node, isReservedOnly = false }: VolumeSeeker,
): JsonObject | undefined {
  const selector = labelSelector(dig(claim, 'spec', 'selector'));
  if (!selector.ok) return undefined;
  const wanted = wantedSize(claim);
  const possible = volumes.filter(
    (volume) =>
      (!isGiven(dig(volume, 'spec', 'claimRef')) || isVolumeOf(volume, claim)) &&
      compareQuantities(sizeOf(volume), wanted) >= 0 &&
      !hasOtherMode(volume, claim) &&
      !hasOtherAttributes(volume, claim) &&
      !isGiven(dig(volume, 'metadata', 'deletionTimestamp')),
  );
  const canReach = (volume: JsonObject) => node === undefined || reaches(volume, node);
  const reserved = possible.find((volume) => isVolumeOf(volume, claim));
  if (reserved !== undefined) return canReach(reserved) ? reserved : undefined;
  if (isReservedOnly) return undefined;
  const wantedLabels = selector.value;
  const [smallest] = possible
    .filter(
      (volume) =>
        dig(volume, 'status', 'phase') === 'Available' &&
        (wantedLabels === undefined || matches(wantedLabels, stringMap(dig(volume, 'metadata', 'labels')))) &&
        classNameOf(volume) === classNameOf(claim) &&
        canReach(volume) &&
        (node === undefined || hasModes(volume, claim)),
    )
    .sort((a, b) => compareQuantities(sizeOf(a), sizeOf(b)));
  return smallest;
}

export function wantedSize(claim: JsonObject): Quantity {
  return quantityOf(dig(claim, 'spec', 'resources', 'requests', 'storage'));
}

export function sizeOf(volume: JsonObject): Quantity {
  return quantityOf(dig(volume, 'spec', 'capacity', 'storage'));
}

/** Nothing where it is no quantity. */
export function quantityOf(value: Json | undefined): Quantity {
  const read = parseQuantity(typeof value === 'number' ? value : (asString(value) ?? '0'));
  return read.ok ? read.value : { mantissa: 0n, exponent: 0, format: 'decimal' };
}

export function reaches(volume: JsonObject, node: Readonly<Record<string, string>>): boolean {
  return matchesTerms(dig(volume, 'spec', 'nodeAffinity', 'required') ?? undefined, node, '');
}

/** Whether a volume has every access mode of a claim. */
export function hasModes(volume: JsonObject, claim: JsonObject): boolean {
  return modesOf(claim).every((mode) => modesOf(volume).includes(mode));
}

export function modesOf(object: JsonObject): readonly string[] {
  return strings(dig(object, 'spec', 'accessModes'));
}

/** Whether one is of blocks and the other of files. */
export function hasOtherMode(volume: JsonObject, claim: JsonObject): boolean {
  const mode = (object: JsonObject) => asString(dig(object, 'spec', 'volumeMode')) ?? 'Filesystem';
  return mode(volume) !== mode(claim);
}

export function hasOtherAttributes(volume: JsonObject, claim: JsonObject): boolean {
  const attributes = (object: JsonObject) => asString(dig(object, 'spec', 'volumeAttributesClassName')) ?? '';
  return attributes(volume) !== attributes(claim);
}

// Which volume a claim is given: one that is reserved for it, else the smallest that is free and of its kind, of those with the fewest access
// modes (component-helpers/storage/volume FindMatchingVolume and pkg/controller/volume/persistentvolume/index.go, 1.36).

import { selects } from '../../../kube/label-selector.ts';
import { compareQuantities, parseQuantity } from '../../../kube/quantity.ts';
import { asString, dig, field, type Json, type JsonObject, stringMap, strings } from '../../../lib/json.ts';
import { matchesTerms } from '../../../request/scheduling/node-filters.ts';
import type { Store } from '../../../request/store/store.ts';
import { isGoing, nameOf, uidOf } from './stage.ts';

export const volumes = { group: '', resource: 'persistentvolumes' };
const classes = { group: 'storage.k8s.io', resource: 'storageclasses' };

/** The class that a claim or a volume names; the annotation is older and counts first. */
export function classNameOf(object: JsonObject): string {
  const older = asString(dig(object, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class'));
  return older ?? asString(dig(object, 'spec', 'storageClassName')) ?? '';
}

export function classOf(object: JsonObject, store: Store): JsonObject | undefined {
  return store.get(classes, '', classNameOf(object));
}

/** Whether the claim is bound only once a pod that uses it is given a node. */
export function waitsForPod(claim: JsonObject, store: Store): boolean {
  return field(classOf(claim, store), 'volumeBindingMode') === 'WaitForFirstConsumer';
}

/** Whether a volume is reserved for a claim, or bound to it. */
export function isReservedFor(volume: JsonObject, claim: JsonObject): boolean {
  const { name, namespace, uid = '' } = (dig(volume, 'spec', 'claimRef') ?? {}) as JsonObject;
  return name === nameOf(claim) && namespace === dig(claim, 'metadata', 'namespace') && (uid === '' || uid === uidOf(claim));
}

export function compareSizes(a: Json | undefined, b: Json | undefined): number {
  const [left, right] = [a, b].map((each) => parseQuantity(typeof each === 'number' ? each : (asString(each) ?? '0')));
  return left?.ok && right?.ok ? compareQuantities(left.value, right.value) : 0;
}

const sizeOf = (volume: JsonObject) => dig(volume, 'spec', 'capacity', 'storage');
const modesOf = (object: JsonObject) => strings(dig(object, 'spec', 'accessModes'));
const own = (object: JsonObject, key: string, usual: string) => asString(dig(object, 'spec', key)) ?? usual;

export function hasOtherMode(volume: JsonObject, claim: JsonObject): boolean {
  return own(volume, 'volumeMode', 'Filesystem') !== own(claim, 'volumeMode', 'Filesystem');
}

function isUnlike(volume: JsonObject, claim: JsonObject): boolean {
  return own(volume, 'volumeAttributesClassName', '') !== own(claim, 'volumeAttributesClassName', '');
}

function reaches(volume: JsonObject, node: JsonObject): boolean {
  const labels = stringMap(dig(node, 'metadata', 'labels'));
  return matchesTerms(dig(volume, 'spec', 'nodeAffinity', 'required') ?? undefined, labels, '');
}

/** The volume; with `node` as the scheduler looks for one. A claim that waits for its pod is else given only what is reserved for it. */
export function matchingVolume(claim: JsonObject, store: Store, node?: JsonObject): JsonObject | undefined {
  const wanted = dig(claim, 'spec', 'resources', 'requests', 'storage');
  const possible = store
    .list(volumes)
    .filter((volume) => modesOf(claim).every((mode) => modesOf(volume).includes(mode)))
    .filter((volume) => dig(volume, 'spec', 'claimRef') === undefined || isReservedFor(volume, claim))
    .filter((volume) => !isGoing(volume) && !hasOtherMode(volume, claim) && !isUnlike(volume, claim))
    .filter((volume) => compareSizes(sizeOf(volume), wanted) >= 0);
  const reserved = possible.find((volume) => isReservedFor(volume, claim));
  if (reserved !== undefined) return node === undefined || reaches(reserved, node) ? reserved : undefined;
  if (node === undefined && waitsForPod(claim, store)) return undefined;
  const selector = dig(claim, 'spec', 'selector');
  const [best] = possible
    .filter((volume) => dig(volume, 'status', 'phase') === 'Available' && classNameOf(volume) === classNameOf(claim))
    .filter((volume) => selector === undefined || selects(selector, stringMap(dig(volume, 'metadata', 'labels'))))
    .filter((volume) => node === undefined || reaches(volume, node))
    .sort((a, b) => (node === undefined ? modesOf(a).length - modesOf(b).length : 0) || compareSizes(sizeOf(a), sizeOf(b)));
  return best;
}

/** Why a volume that a claim asks for by name cannot be its own. */
export function mismatch(volume: JsonObject, claim: JsonObject): string | undefined {
  if (isGoing(volume)) return `the volume is marked for deletion ${JSON.stringify(nameOf(volume))}`;
  if (compareSizes(sizeOf(volume), dig(claim, 'spec', 'resources', 'requests', 'storage')) < 0) return 'requested PV is too small';
  if (classNameOf(volume) !== classNameOf(claim)) return 'storageClassName does not match';
  if (isUnlike(volume, claim)) return 'volumeAttributesClassName does not match';
  if (hasOtherMode(volume, claim)) return 'incompatible volumeMode';
  return modesOf(claim).every((mode) => modesOf(volume).includes(mode)) ? undefined : 'incompatible accessMode';
}

// The claims of a pod and what they say: which there are, which volume they are bound to, of which class they are, whether that class waits for
// the first pod (component-helpers/storage/volume, 1.36).

import { nameOf, namespaceOf, uidOf } from '../../kube/metadata.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';

export const claimsResource = { group: '', resource: 'persistentvolumeclaims' };
export const volumesResource = { group: '', resource: 'persistentvolumes' };
const classesResource = { group: 'storage.k8s.io', resource: 'storageclasses' };

/** A claim that a pod names, or that is made for one of its ephemeral volumes. */
export interface NamedClaim {
  readonly name: string;
  readonly ephemeral: boolean;
}

export function namedClaims(pod: Struct): readonly NamedClaim[] {
  const own = textIn(structAt(pod, 'metadata'), 'name');
  return structsIn(structAt(pod, 'spec'), 'volumes').flatMap((volume): readonly NamedClaim[] => {
    const name = asString(dig(volume, 'persistentVolumeClaim', 'claimName'));
    if (name !== undefined) return [{ name, ephemeral: false }];
    return isGiven(volume.ephemeral) ? [{ name: `${own}-${textIn(volume, 'name')}`, ephemeral: true }] : [];
  });
}

export function claimNamed(pod: Struct, name: string, state: State): JsonObject | undefined {
  return state.get(claimsResource, textIn(structAt(pod, 'metadata'), 'namespace'), name);
}

/** Those that are there. */
export function claimsOf(pod: Struct, state: State): readonly JsonObject[] {
  return namedClaims(pod)
    .map(({ name }) => claimNamed(pod, name, state))
    .filter((claim) => claim !== undefined);
}

/** The volume that a claim asks for, be it bound to it or not. */
export function volumeNamed(claim: JsonObject): string {
  return asString(dig(claim, 'spec', 'volumeName')) ?? '';
}

/** True where claim and volume have found each other: naming one is not yet being bound to it. */
export function isBound(claim: JsonObject): boolean {
  const isComplete = isGiven(dig(claim, 'metadata', 'annotations', 'pv.kubernetes.io/bind-completed'));
  return volumeNamed(claim) !== '' && (isComplete || dig(claim, 'status', 'phase') === 'Bound');
}

/** The name of the class of a claim or a volume. */
export function classNameOf(object: JsonObject): string {
  return (
    asString(dig(object, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class')) ??
    asString(dig(object, 'spec', 'storageClassName')) ??
    ''
  );
}

export function classOf(claim: JsonObject, state: State): JsonObject | undefined {
  return state.get(classesResource, '', classNameOf(claim));
}

export function waitsForPod(claim: JsonObject, state: State): boolean {
  return field(classOf(claim, state), 'volumeBindingMode') === 'WaitForFirstConsumer';
}

/** True where the claim was made for an ephemeral volume of this pod. */
export function isFor(pod: Struct, claim: JsonObject): boolean {
  const uid = uidOf(pod as unknown as JsonObject);
  return asList(dig(claim, 'metadata', 'ownerReferences')).some((one) => field(one, 'controller') === true && field(one, 'uid') === uid);
}

/** True where a volume is reserved for a claim, or bound to it. */
export function isVolumeOf(volume: JsonObject, claim: JsonObject): boolean {
  const reference = dig(volume, 'spec', 'claimRef');
  const uid = asString(field(reference, 'uid')) ?? '';
  return (
    field(reference, 'name') === nameOf(claim) &&
    field(reference, 'namespace') === namespaceOf(claim) &&
    (uid === '' || uid === uidOf(claim))
  );
}

export function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

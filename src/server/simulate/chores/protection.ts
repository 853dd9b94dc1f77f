// Protection of volumes: a claim stays while a pod that is on a node names it, a volume while it is bound to a claim that is there
// (pkg/controller/volume/{pvcprotection,pvprotection}, 1.36).

import { nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { asList, asString, dig, field, type JsonObject } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import type { World } from '../world.ts';
import { dropFinalizer } from './objects.ts';

export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';

/** Ends the protection of a claim that no pod uses. */
export function releaseClaim(world: World, resource: GroupResource, claim: JsonObject): void {
  const pods = world.store.list({ group: '', resource: 'pods' }, namespaceOf(claim));
  if (!pods.some((pod) => uses(pod, nameOf(claim)))) dropFinalizer(world, resource, claim, claimProtection);
}

function uses(pod: JsonObject, claim: string): boolean {
  if ((asString(dig(pod, 'spec', 'nodeName')) ?? '') === '') return false;
  const hasEnded = dig(pod, 'metadata', 'deletionGracePeriodSeconds') === 0;
  return asList(dig(pod, 'spec', 'volumes')).some(
    (volume) =>
      dig(volume, 'persistentVolumeClaim', 'claimName') === claim ||
      (!hasEnded && field(volume, 'ephemeral') !== undefined && `${nameOf(pod)}-${asString(field(volume, 'name')) ?? ''}` === claim),
  );
}

/** Ends the protection of a volume that is not bound. */
export function releaseVolume(world: World, resource: GroupResource, volume: JsonObject): void {
  const reference = dig(volume, 'spec', 'claimRef');
  const [namespace, name] = [asString(field(reference, 'namespace')) ?? '', asString(field(reference, 'name')) ?? ''];
  const claim = world.store.get({ group: '', resource: 'persistentvolumeclaims' }, namespace, name);
  if (dig(volume, 'status', 'phase') !== 'Bound' || claim === undefined) dropFinalizer(world, resource, volume, volumeProtection);
}

// Volumes, played: free, bound, or released and dealt with as their policy says (pkg/controller/volume/persistentvolume, 1.36). Volumes of drivers
// wait for these; nothing is recycled, as nobody runs the pod that would do it.

import { isGoing, nameOf, uidOf } from '../../../kube/metadata.ts';
import { asObject, asString, dig, type JsonObject, sameJson } from '../../../lib/json.ts';
import { hasOtherMode } from '../../../request/scheduling/volume-matching.ts';
import { deleteAs, put, withFinalizer } from '../chores/objects.ts';
import { volumeProtection } from '../chores/protection.ts';
import type { World } from '../world.ts';
import { boundByController, claims, noteOf } from './claims.ts';
import type { Happening, Recorder } from './events.ts';
import { volumes } from './volume-matching.ts';

const volumeKind = { ...volumes, version: 'v1', namespaced: false };
const provisionedBy = 'pv.kubernetes.io/provisioned-by';

export function playVolume(world: World, recorder: Recorder, given: JsonObject): void {
  const volume = isGoing(given) ? given : withFinalizer(given, volumeProtection);
  if (volume !== given) put(world, volumes, volume);
  const reference = asObject(dig(volume, 'spec', 'claimRef'));
  if ((asString(reference.uid) ?? '') === '') {
    setPhase(world, volume, 'Available');
    return;
  }
  const found = world.store.get(claims, asString(reference.namespace) ?? '', asString(reference.name) ?? '');
  const claim = found !== undefined && uidOf(found) === reference.uid ? found : undefined;
  const bound = asString(dig(claim, 'spec', 'volumeName')) ?? '';
  if (claim === undefined) release(world, recorder, volume);
  else if (bound === nameOf(volume)) setPhase(world, volume, 'Bound');
  else if (bound === '') tellOfModes(recorder, volume, claim);
  else if (noteOf(volume, provisionedBy) !== undefined && dig(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete')
    release(world, recorder, volume);
  else unbind(world, volume);
}

function setPhase(world: World, volume: JsonObject, phase: string, message?: string): void {
  if (dig(volume, 'status', 'phase') === phase) return;
  const { message: _message, ...status } = asObject(volume.status);
  put(world, volumes, { ...volume, status: { ...status, phase, ...(message === undefined ? {} : { message }) } });
}

function tellOfModes({ once }: Recorder, volume: JsonObject, claim: JsonObject): void {
  if (!hasOtherMode(volume, claim)) return;
  const happening = (message: string): Happening => ({
    component: 'persistentvolume-controller',
    type: 'Warning',
    reason: 'VolumeMismatch',
    message: `Cannot bind PersistentVolume ${message} due to incompatible volumeMode.`,
  });
  once(volume, happening(`to requested PersistentVolumeClaim ${JSON.stringify(nameOf(claim))}`));
  once(claim, happening(`${JSON.stringify(nameOf(volume))} to requested PersistentVolumeClaim`));
}

/** The claim has another volume: this one is free again, or reserved as it was before. */
function unbind(world: World, volume: JsonObject): void {
  const { claimRef, ...spec } = asObject(volume.spec);
  const { annotations: before, ...metadata } = asObject(volume.metadata);
  const { [boundByController]: mark, ...annotations } = asObject(before);
  const { uid: _uid, ...reserved } = asObject(claimRef);
  put(world, volumes, {
    ...volume,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
    spec: mark === undefined ? { ...spec, claimRef: reserved } : spec,
    status: { ...asObject(volume.status), phase: 'Available' },
  });
}

/** The claim is gone: the volume is kept, deleted, or said to have failed. */
function release(world: World, recorder: Recorder, given: JsonObject): void {
  const before = dig(given, 'status', 'phase');
  if (before !== 'Released' && before !== 'Failed') setPhase(world, given, 'Released');
  const volume = world.store.get(volumes, '', nameOf(given)) ?? given;
  const policy = dig(volume, 'spec', 'persistentVolumeReclaimPolicy');
  if (policy === 'Recycle' && dig(volume, 'spec', 'hostPath') === undefined && dig(volume, 'spec', 'nfs') === undefined)
    fail(world, recorder, volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
  if (policy !== 'Delete') return;
  const driver = noteOf(volume, provisionedBy) ?? '';
  if ((driver !== '' && !driver.startsWith('kubernetes.io/')) || dig(volume, 'spec', 'csi') !== undefined) return;
  if (noteOf(volume, 'pv.kubernetes.io/migrated-to') !== undefined) return;
  const path = asString(dig(volume, 'spec', 'hostPath', 'path'));
  const deleter = 'host_path deleter only supports /tmp/.+ but received provided';
  if (path?.startsWith('/tmp/') && path.length > 5) deleteAs(world, 'persistent-volume-binder', volumeKind, volume);
  else if (path !== undefined) fail(world, recorder, volume, 'VolumeFailedDelete', `${deleter} ${path}`);
  else {
    const of = `error getting deleter volume plugin for volume ${JSON.stringify(nameOf(volume))}`;
    fail(world, recorder, volume, 'VolumeFailedDelete', `${of}: no deletable volume plugin matched`);
  }
}

function fail(world: World, { once }: Recorder, volume: JsonObject, reason: string, message: string): void {
  if (dig(volume, 'status', 'phase') === 'Failed') return;
  setPhase(world, volume, 'Failed', message);
  const now = world.store.get(volumes, '', nameOf(volume)) ?? volume;
  if (!sameJson(now, volume)) once(now, { component: 'persistentvolume-controller', type: 'Warning', reason, message });
}

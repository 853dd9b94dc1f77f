// Claims, played: each is bound to a volume that is there, as soon as it may be, and says what it waits for; one whose volume is gone is lost
// (pkg/controller/volume/{persistentvolume,expand}, 1.36). No driver is played, so that no volume is made or grows.

import { isGoing, nameOf, uidOf } from '../../../kube/metadata.ts';
import { asObject, asString, dig, field, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import { classNameOf, classOf, isVolumeOf, waitsForPod } from '../../../request/scheduling/claims.ts';
import type { Store } from '../../../request/store/store.ts';
import { put, withFinalizer } from '../chores/objects.ts';
import { claimProtection } from '../chores/protection.ts';
import type { Happening } from './events.ts';
import { pods, type Stage } from './stage.ts';
import { compareSizes, mismatch, volumeFor, volumeOn, volumes } from './volume-matching.ts';

export const claims = { group: '', resource: 'persistentvolumeclaims' };
const completed = 'pv.kubernetes.io/bind-completed';
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
export const selectedNode = 'volume.kubernetes.io/selected-node';
/** Plugins that were part of Kubernetes, and the drivers that stand in for them. */
const drivers: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};

export function noteOf(object: JsonObject, key: string): string | undefined {
  return asString(dig(object, 'metadata', 'annotations', key));
}

export function playClaim(stage: Stage, given: JsonObject): void {
  const claim = isGoing(given) ? given : withFinalizer(given, claimProtection);
  if (claim !== given) put(stage.world, claims, claim);
  if (noteOf(claim, completed) === undefined) playUnbound(stage, claim);
  else playBound(stage, claim);
}

function say({ recorder }: Stage, claim: JsonObject, reason: string, message: string, type: Happening['type'] = 'Normal'): void {
  recorder.once(claim, { component: 'persistentvolume-controller', type, reason, message });
}

function playUnbound(stage: Stage, claim: JsonObject): void {
  const { store } = stage.world;
  const asked = asString(dig(claim, 'spec', 'volumeName')) ?? '';
  if (asked === '') {
    const volume = volumeFor(claim, store);
    if (volume === undefined) seek(stage, claim);
    else bind(stage, claim, volume);
    return;
  }
  const volume = store.get(volumes, '', asked);
  const isFree = volume !== undefined && dig(volume, 'spec', 'claimRef') === undefined;
  const why = isFree ? mismatch(volume, claim) : undefined;
  if (volume !== undefined && (isFree ? why === undefined : isVolumeOf(volume, claim))) {
    bind(stage, claim, volume);
    return;
  }
  const quoted = JSON.stringify(asked);
  if (why !== undefined) say(stage, claim, 'VolumeMismatch', `Cannot bind to requested volume ${quoted}: ${why}`, 'Warning');
  else if (volume !== undefined) say(stage, claim, 'FailedBinding', `volume ${quoted} already bound to a different claim.`, 'Warning');
  setPhase(stage, claim, 'Pending');
}

/** What a claim waits for that no volume fits. */
function seek(stage: Stage, claim: JsonObject): void {
  const { store } = stage.world;
  const usual = defaultClass(store);
  if (dig(claim, 'spec', 'storageClassName') === undefined && classNameOf(claim) === '' && usual !== undefined) {
    put(stage.world, claims, { ...claim, spec: { ...asObject(claim.spec), storageClassName: usual } });
    return;
  }
  if (waitsForPod(claim, store) && noteOf(claim, selectedNode) === undefined) {
    const waiting = waitingPods(stage, claim);
    const of = `waiting for pod${waiting.length > 1 ? 's' : ''} ${waiting.join(',')} to be scheduled`;
    if (waiting.length > 0) say(stage, claim, 'WaitForPodScheduled', of);
    else say(stage, claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  } else if (classNameOf(claim) !== '') {
    provision(stage, claim);
    return;
  } else say(stage, claim, 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  setPhase(stage, claim, 'Pending');
}

/** The class that is marked as the default, the newest of several. */
function defaultClass(store: Store): string | undefined {
  const marked = store
    .list({ group: 'storage.k8s.io', resource: 'storageclasses' })
    .filter((each) => ['', 'beta.'].some((beta) => noteOf(each, `storageclass.${beta}kubernetes.io/is-default-class`) === 'true'));
  const since = (each: JsonObject) => asString(dig(each, 'metadata', 'creationTimestamp')) ?? '';
  const [newest] = [...marked].sort((a, b) => (since(a) === since(b) ? (nameOf(a) < nameOf(b) ? -1 : 1) : since(a) < since(b) ? 1 : -1));
  return newest === undefined ? undefined : nameOf(newest);
}

function waitingPods({ world, namespace }: Stage, claim: JsonObject): readonly string[] {
  const isOf = (pod: JsonObject) =>
    claimNamesOf(pod).includes(nameOf(claim)) && (asString(dig(pod, 'spec', 'nodeName')) ?? '') === '' && !hasEnded(pod);
  return world.store.list(pods, namespace).filter(isOf).map(nameOf);
}

function hasEnded(pod: JsonObject): boolean {
  return ['Succeeded', 'Failed'].includes(asString(dig(pod, 'status', 'phase')) ?? '');
}

/** Claims that a pod names, and those that are made for its ephemeral volumes. */
function claimNamesOf(pod: JsonObject): readonly string[] {
  const list = dig(pod, 'spec', 'volumes');
  return (Array.isArray(list) ? list : []).flatMap((volume: Json) => {
    if (field(volume, 'ephemeral') !== undefined) return [`${nameOf(pod)}-${asString(field(volume, 'name')) ?? ''}`];
    return asString(dig(volume, 'persistentVolumeClaim', 'claimName')) ?? [];
  });
}

/** Asks the driver of the class, who is not there. */
function provision(stage: Stage, claim: JsonObject): void {
  const className = classNameOf(claim);
  const found = classOf(claim, stage.world.store);
  if (found === undefined) {
    say(stage, claim, 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`, 'Warning');
    return;
  }
  const named = asString(found.provisioner) ?? '';
  const migrated = Object.hasOwn(drivers, named) ? drivers[named] : undefined;
  if (migrated === undefined && named.startsWith('kubernetes.io/')) {
    say(stage, claim, 'ProvisioningFailed', `no volume plugin matched name: ${named}`, 'Warning');
    return;
  }
  const provisioner = migrated ?? named;
  const notes = {
    'volume.beta.kubernetes.io/storage-provisioner': provisioner,
    'volume.kubernetes.io/storage-provisioner': provisioner,
  };
  const told = withNotes(claim, notes);
  if (!sameJson(told, claim)) put(stage.world, claims, told);
  const who = `either by the external provisioner '${provisioner}' or manually by the system administrator`;
  const advice = 'If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  const now = stage.world.store.get(claims, stage.namespace, nameOf(claim)) ?? claim;
  say(stage, now, 'ExternalProvisioning', `Waiting for a volume to be created ${who}. ${advice}`);
}

function withNotes(object: JsonObject, notes: JsonObject): JsonObject {
  const metadata = asObject(object.metadata);
  return { ...object, metadata: { ...metadata, annotations: { ...asObject(metadata.annotations), ...notes } } };
}

/** Both say that they belong together: the volume first. */
function bind(stage: Stage, claim: JsonObject, volume: JsonObject): void {
  reserve(stage, claim, volume, 'Bound');
  const name = nameOf(volume);
  const isAsked = dig(claim, 'spec', 'volumeName') === name;
  const named = withNotes(claim, { [completed]: 'yes', ...(isAsked ? {} : { [boundByController]: 'yes' }) });
  const status = asObject(claim.status);
  const attributes = dig(volume, 'spec', 'volumeAttributesClassName');
  const isNew = status.phase !== 'Bound';
  const bound = {
    ...named,
    spec: { ...asObject(claim.spec), volumeName: name },
    status: {
      ...status,
      phase: 'Bound',
      accessModes: dig(volume, 'spec', 'accessModes') ?? [],
      ...(isNew ? { capacity: dig(volume, 'spec', 'capacity') ?? {} } : {}),
      ...(isNew && attributes !== undefined ? { currentVolumeAttributesClassName: attributes } : {}),
    },
  };
  if (!sameJson(bound, claim)) put(stage.world, claims, bound);
}

/** Lets a volume name the claim that it is for. */
function reserve(stage: Stage, claim: JsonObject, volume: JsonObject, phase?: string): void {
  const isFor = isVolumeOf(volume, claim);
  const { namespace = '', uid = '', resourceVersion = '' } = asObject(claim.metadata);
  const isSaid = dig(volume, 'spec', 'claimRef', 'uid') === uid;
  const own = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: nameOf(claim), uid, resourceVersion };
  const claimRef = isSaid ? (dig(volume, 'spec', 'claimRef') ?? {}) : own;
  const noted = isFor ? volume : withNotes(volume, { [boundByController]: 'yes' });
  const status = phase === undefined ? {} : { status: { ...asObject(volume.status), phase } };
  const reserved = { ...noted, spec: { ...asObject(volume.spec), claimRef }, ...status };
  if (!sameJson(reserved, volume)) put(stage.world, volumes, reserved);
}

function playBound(stage: Stage, claim: JsonObject): void {
  const name = asString(dig(claim, 'spec', 'volumeName')) ?? '';
  const volume = name === '' ? undefined : stage.world.store.get(volumes, '', name);
  const holder = dig(volume, 'spec', 'claimRef', 'uid');
  if (volume !== undefined && (dig(volume, 'spec', 'claimRef') === undefined || holder === uidOf(claim))) {
    bind(stage, claim, volume);
    expand(stage, claim);
    return;
  }
  if (dig(claim, 'status', 'phase') === 'Lost') return;
  if (volume !== undefined) lose(stage, claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  else {
    const lost = name === '' ? 'lost reference to PersistentVolume' : 'lost its PersistentVolume';
    lose(stage, claim, 'ClaimLost', `Bound claim has ${lost}. Data on the volume is lost!`);
  }
}

function lose(stage: Stage, claim: JsonObject, reason: string, message: string): void {
  setPhase(stage, claim, 'Lost');
  say(stage, stage.world.store.get(claims, stage.namespace, nameOf(claim)) ?? claim, reason, message, 'Warning');
}

/** A claim that asks for more than it has waits for its driver. */
function expand({ recorder }: Stage, claim: JsonObject): void {
  const has = dig(claim, 'status', 'capacity', 'storage');
  if (has === undefined || compareSizes(dig(claim, 'spec', 'resources', 'requests', 'storage'), has) <= 0) return;
  const message = 'waiting for an external controller to expand this PVC';
  recorder.once(claim, { component: 'volume_expand', type: 'Normal', reason: 'ExternalExpanding', message });
}

/** A claim that is not bound has nothing else to say. */
function setPhase({ world }: Stage, claim: JsonObject, phase: string): void {
  const { accessModes: _modes, capacity: _capacity, currentVolumeAttributesClassName: _class, ...status } = asObject(claim.status);
  const changed = { ...claim, status: { ...status, phase } };
  if (!sameJson(changed, claim)) put(world, claims, changed);
}

/** What a pod's claims need before it can go to a node: volumes are reserved there, and drivers told; true where all are bound. */
export function readyClaims(stage: Stage, pod: JsonObject, node: JsonObject | undefined): boolean {
  const { store } = stage.world;
  let isReady = true;
  for (const name of claimNamesOf(pod)) {
    const claim = store.get(claims, stage.namespace, name);
    if (claim === undefined || isGoing(claim) || noteOf(claim, completed) !== undefined) continue;
    if (asString(dig(claim, 'spec', 'volumeName')) !== undefined || !waitsForPod(claim, store)) continue;
    const volume = node === undefined ? undefined : volumeOn(claim, store, stringMap(dig(node, 'metadata', 'labels')));
    if (volume !== undefined) {
      reserve(stage, claim, volume);
      playClaim(stage, claim);
    } else if (node !== undefined) {
      isReady = false;
      const noted = withNotes(claim, { [selectedNode]: nameOf(node) });
      if (!sameJson(noted, claim)) put(stage.world, claims, noted);
    }
  }
  return isReady;
}

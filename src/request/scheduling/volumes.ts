// Whether a pod's claims can be had on a node: VolumeBinding, VolumeZone and the part of VolumeRestrictions about ReadWriteOncePod
// (pkg/scheduler/framework/plugins, 1.36). A claim without a volume whose class waits for the first pod is taken as provided wherever the class
// allows it, or by a volume that is free there. Left out: free space that drivers report (CSIStorageCapacity), limits of volumes a node,
// disks of clouds named in the pod itself.

import { compareQuantities, parseQuantity } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { labelSelector, matches } from '../../kube/selector.ts';
import { asList, asString, dig, field, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { matchesTerms } from './node-filters.ts';
import { type Filter, type Objection, objects, type Place } from './objection.ts';

const claimsResource = { group: '', resource: 'persistentvolumeclaims' };
const volumesResource = { group: '', resource: 'persistentvolumes' };
const classesResource = { group: 'storage.k8s.io', resource: 'storageclasses' };
const noProvisioner = 'kubernetes.io/no-provisioner';

/** What speaks against the pod before any node is looked at. */
export function claimsNotReady(pod: Struct, state: State): Objection | undefined {
  const { missing, claims } = claimsOf(pod, state);
  const [name] = missing;
  if (name !== undefined) {
    const says = `persistentvolumeclaim "${name}" not found`;
    return { plugin: 'VolumeBinding', says, why: `there is no PersistentVolumeClaim ${name}`, resolvable: false };
  }
  const going = claims.find((claim) => dig(claim, 'metadata', 'deletionTimestamp') !== undefined);
  if (going !== undefined) {
    const own = titleOf(going);
    return {
      plugin: 'VolumeBinding',
      says: `persistentvolumeclaim "${own}" is being deleted`,
      why: `PersistentVolumeClaim ${own} is being deleted`,
      resolvable: false,
    };
  }
  const lost = claims.find((claim) => dig(claim, 'status', 'phase') === 'Lost');
  if (lost !== undefined) {
    const own = titleOf(lost);
    const says = `persistentvolumeclaim "${own}" bound to non-existent persistentvolume "${volumeNamed(lost)}"`;
    return { plugin: 'VolumeBinding', says, why: `the volume of PersistentVolumeClaim ${own} is gone`, resolvable: false };
  }
  const waiting = claims.find((claim) => volumeName(claim) === '' && (volumeNamed(claim) !== '' || !waitsForPod(claim, state)));
  if (waiting === undefined) return volumeGone(claims, state);
  return {
    plugin: 'VolumeBinding',
    says: 'pod has unbound immediate PersistentVolumeClaims',
    why: `PersistentVolumeClaim ${titleOf(waiting)} has no volume yet, and its class binds at once`,
    resolvable: false,
  };
}

export function readWriteOncePod(pod: Struct, places: readonly Place[], state: State): Filter {
  const { claims } = claimsOf(pod, state);
  const alone = new Set(
    claims
      .filter((claim) => strings(dig(claim, 'spec', 'accessModes')).includes('ReadWriteOncePod'))
      .map((claim) => asString(dig(claim, 'metadata', 'name')) ?? ''),
  );
  const namespace = textIn(structAt(pod, 'metadata'), 'namespace');
  const isTaken =
    alone.size > 0 &&
    places.some(({ pods }) =>
      pods.some(
        (other) =>
          dig(other, 'metadata', 'namespace') === namespace && claimNames(other as unknown as Struct).some((name) => alone.has(name)),
      ),
    );
  return () =>
    objects(isTaken, {
      plugin: 'VolumeRestrictions',
      says: 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
      why: 'another pod has the claim, which is for one pod alone',
      resolvable: true,
    });
}

export function volumeBinding(pod: Struct, state: State): Filter {
  const { claims } = claimsOf(pod, state);
  if (claims.length === 0) return () => [];
  const bound = claims.filter((claim) => volumeName(claim) !== '');
  const unbound = claims.filter((claim) => volumeName(claim) === '');
  const volumes = bound.map((claim) => state.get(volumesResource, '', volumeName(claim)));
  return (place) => {
    const plugin = 'VolumeBinding';
    const conflict = volumes.some((volume) => !reaches(volume, place));
    const says = "node(s) didn't match PersistentVolume's node affinity";
    if (conflict) return [{ plugin, says, why: 'a volume of the pod cannot be reached from the node', resolvable: false }];
    const free = freeVolumes(state);
    const unserved = !allCanBeHad(unbound, free, place, state);
    return objects(unserved, {
      plugin,
      says: "node(s) didn't find available persistent volumes to bind",
      why: 'no volume for a claim of the pod can be had on the node',
      resolvable: false,
    });
  };
}

const zoneLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'].flatMap((label) => [
  label,
  label.replace('topology.kubernetes.io', 'failure-domain.beta.kubernetes.io'),
]);

export function volumeZone(pod: Struct, state: State): Filter {
  const wanted = claimsOf(pod, state)
    .claims.map((claim) => state.get(volumesResource, '', volumeName(claim)))
    .flatMap((volume) => Object.entries(stringMap(dig(volume, 'metadata', 'labels'))).filter(([label]) => zoneLabels.includes(label)));
  return ({ labels }) => {
    if (!zoneLabels.some((label) => Object.hasOwn(labels, label))) return [];
    const fits = ([label, value]: readonly [string, string]) => {
      const own = labels[label] ?? labels[label.replace('failure-domain.beta.kubernetes.io', 'topology.kubernetes.io')];
      return own !== undefined && value.split('__').includes(own);
    };
    return objects(!wanted.every(fits), {
      plugin: 'VolumeZone',
      says: 'node(s) had no available volume zone',
      why: 'a volume of the pod is in another zone',
      resolvable: false,
    });
  };
}

function volumeGone(claims: readonly JsonObject[], state: State): Objection | undefined {
  const gone = claims.map(volumeName).find((name) => name !== '' && state.get(volumesResource, '', name) === undefined);
  if (gone === undefined) return undefined;
  const says = `persistentvolume "${gone}" not found`;
  return { plugin: 'VolumeZone', says, why: `the volume ${gone}, which a claim is bound to, is not there`, resolvable: false };
}

function claimNames(pod: Struct): readonly string[] {
  const own = textIn(structAt(pod, 'metadata'), 'name');
  return structsIn(structAt(pod, 'spec'), 'volumes').flatMap((volume) => {
    const name = asString(dig(volume, 'persistentVolumeClaim', 'claimName'));
    if (name !== undefined) return [name];
    return volume.ephemeral === undefined ? [] : [`${own}-${textIn(volume, 'name')}`];
  });
}

function claimsOf(pod: Struct, state: State): { readonly claims: readonly JsonObject[]; readonly missing: readonly string[] } {
  const namespace = textIn(structAt(pod, 'metadata'), 'namespace');
  const claims: JsonObject[] = [];
  const missing: string[] = [];
  for (const name of claimNames(pod)) {
    const claim = state.get(claimsResource, namespace, name);
    if (claim === undefined) missing.push(name);
    else claims.push(claim);
  }
  return { claims, missing };
}

function titleOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'name')) ?? '';
}

function volumeNamed(claim: JsonObject): string {
  return asString(dig(claim, 'spec', 'volumeName')) ?? '';
}

/** The volume of a claim that is bound: naming one is not yet being bound to it. */
function volumeName(claim: JsonObject): string {
  const isBound =
    dig(claim, 'metadata', 'annotations', 'pv.kubernetes.io/bind-completed') !== undefined || dig(claim, 'status', 'phase') === 'Bound';
  return isBound ? volumeNamed(claim) : '';
}

function classOf(claim: JsonObject): string {
  return (
    asString(dig(claim, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class')) ??
    asString(dig(claim, 'spec', 'storageClassName')) ??
    ''
  );
}

function waitsForPod(claim: JsonObject, state: State): boolean {
  const found = state.get(classesResource, '', classOf(claim));
  return field(found, 'volumeBindingMode') === 'WaitForFirstConsumer';
}

function reaches(volume: JsonObject | undefined, { labels, name }: Place): boolean {
  return matchesTerms(dig(volume, 'spec', 'nodeAffinity', 'required'), labels, name);
}

function freeVolumes(state: State): readonly JsonObject[] {
  return state
    .list(volumesResource)
    .filter((volume) => dig(volume, 'spec', 'claimRef') === undefined && dig(volume, 'status', 'phase') === 'Available');
}

/** Each volume serves one claim: the smallest that does, for the smallest claims first, as the binder takes them. */
function allCanBeHad(claims: readonly JsonObject[], free: readonly JsonObject[], place: Place, state: State): boolean {
  const left = new Set(free.filter((volume) => reaches(volume, place)).sort((a, b) => bySize(a, b, ['capacity'])));
  return [...claims]
    .sort((a, b) => bySize(a, b, ['resources', 'requests']))
    .every((claim) => {
      const volume = [...left].find((each) => serves(each, claim));
      if (volume !== undefined) return left.delete(volume);
      return isProvided(claim, place, state);
    });
}

function bySize(a: JsonObject, b: JsonObject, path: readonly string[]): number {
  const [one, other] = [a, b].map((object) => parseQuantity(asString(dig(object, 'spec', ...path, 'storage')) ?? '0'));
  return one?.ok === true && other?.ok === true ? compareQuantities(one.value, other.value) : 0;
}

/** True where the class makes a volume on the node. */
function isProvided(claim: JsonObject, place: Place, state: State): boolean {
  const found = state.get(classesResource, '', classOf(claim));
  const provisioner = asString(field(found, 'provisioner')) ?? '';
  if (provisioner === '' || provisioner === noProvisioner) return false;
  const topologies = asList(field(found, 'allowedTopologies'));
  return topologies.length === 0 || topologies.some((term) => allows(term, place.labels));
}

function allows(term: Json, labels: Readonly<Record<string, string>>): boolean {
  return asList(field(term, 'matchLabelExpressions')).every((each) => {
    const own = labels[asString(field(each, 'key')) ?? ''];
    return own !== undefined && strings(field(each, 'values')).includes(own);
  });
}

function serves(volume: JsonObject, claim: JsonObject): boolean {
  const selector = labelSelector(dig(claim, 'spec', 'selector'));
  const chosen = !selector.ok || selector.value === undefined || matches(selector.value, stringMap(dig(volume, 'metadata', 'labels')));
  const modes = strings(dig(volume, 'spec', 'accessModes'));
  const mode = (object: JsonObject) => asString(dig(object, 'spec', 'volumeMode')) ?? 'Filesystem';
  const [size, wanted] = [
    parseQuantity(asString(dig(volume, 'spec', 'capacity', 'storage')) ?? '0'),
    parseQuantity(asString(dig(claim, 'spec', 'resources', 'requests', 'storage')) ?? '0'),
  ];
  return (
    chosen &&
    (asString(dig(volume, 'spec', 'storageClassName')) ?? '') === classOf(claim) &&
    mode(volume) === mode(claim) &&
    strings(dig(claim, 'spec', 'accessModes')).every((each) => modes.includes(each)) &&
    size.ok &&
    wanted.ok &&
    compareQuantities(size.value, wanted.value) >= 0
  );
}

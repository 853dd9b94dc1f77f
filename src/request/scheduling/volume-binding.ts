// VolumeBinding (pkg/scheduler/framework/plugins/volumebinding, 1.36): whether a pod's claims can be had on a node. Those that are bound must
// reach it; those that wait for their first pod take a free volume that does, the smallest, or one that their class makes there, if its driver
// tells of enough room. Left out: in-tree disks that are called by the names of their CSI drivers.

import { nameOf, namespaceOf } from '../../kube/metadata.ts';
import { compareQuantities, quantityIn } from '../../kube/quantity.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { labelSelector, matches } from '../../kube/selector.ts';
import { asList, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import {
  claimNamed,
  claimsOf,
  classNameOf,
  classOf,
  isBound,
  isFor,
  isGiven,
  namedClaims,
  volumeNamed,
  volumesResource,
  waitsForPod,
} from './claims.ts';
import type { Filter, Objection, Place } from './objection.ts';
import { matchingVolume, quantityOf, reaches, wantedSize } from './volume-matching.ts';

const plugin = 'VolumeBinding';
const noProvisioner = 'kubernetes.io/no-provisioner';

/** What speaks against the pod before any node is looked at. */
export function claimsNotReady(pod: Struct, state: State): Objection | undefined {
  const refuse = (says: string, why: string): Objection => ({ plugin, says, why, resolvable: false });
  for (const { name, ephemeral } of namedClaims(pod)) {
    const claim = claimNamed(pod, name, state);
    if (claim === undefined)
      return ephemeral
        ? refuse(
            `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`,
            `PersistentVolumeClaim ${name} is not made yet`,
          )
        : refuse(`persistentvolumeclaim "${name}" not found`, `there is no PersistentVolumeClaim ${name}`);
    if (dig(claim, 'status', 'phase') === 'Lost')
      return refuse(
        `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volumeNamed(claim)}"`,
        `the volume of PersistentVolumeClaim ${name} is gone`,
      );
    if (isGiven(dig(claim, 'metadata', 'deletionTimestamp')))
      return refuse(`persistentvolumeclaim "${name}" is being deleted`, `PersistentVolumeClaim ${name} is being deleted`);
    if (ephemeral && !isFor(pod, claim)) {
      const own = pod as unknown as JsonObject;
      const [of, podName] = [`${namespaceOf(claim)}/${name}`, `${namespaceOf(own)}/${nameOf(own)}`];
      return refuse(
        `PVC ${of} was not created for pod ${podName} (pod is not owner)`,
        `PersistentVolumeClaim ${name} was not made for this pod`,
      );
    }
  }
  const waiting = claimsOf(pod, state).find((claim) => !isBound(claim) && (volumeNamed(claim) !== '' || !waitsForPod(claim, state)));
  return waiting === undefined
    ? undefined
    : refuse(
        'pod has unbound immediate PersistentVolumeClaims',
        `PersistentVolumeClaim ${nameOf(waiting)} has no volume yet, and its class binds at once`,
      );
}

export function volumeBinding(pod: Struct, state: State): Filter {
  const claims = claimsOf(pod, state);
  if (claims.length === 0) return () => [];
  const bound = claims.filter(isBound);
  const unbound = claims.filter((claim) => !isBound(claim));
  const volumes = unbound.length === 0 ? [] : state.list(volumesResource);
  return (place) => [...boundObjections(bound, place, state), ...unboundObjections(unbound, volumes, place, state)];
}

/** The first claim whose volume is not there, or does not reach the node. */
function boundObjections(claims: readonly JsonObject[], place: Place, state: State): readonly Objection[] {
  for (const claim of claims) {
    const volume = state.get(volumesResource, '', volumeNamed(claim));
    if (volume === undefined)
      return [
        {
          plugin,
          says: 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
          why: `the volume ${volumeNamed(claim)}, which a claim is bound to, is not there`,
          resolvable: false,
        },
      ];
    if (!reaches(volume, place.labels))
      return [
        {
          plugin,
          says: "node(s) didn't match PersistentVolume's node affinity",
          why: `the volume ${nameOf(volume)} of the pod cannot be reached from the node`,
          resolvable: false,
        },
      ];
  }
  return [];
}

const selectedNode = 'volume.kubernetes.io/selected-node';

/** Each volume serves one claim: the smallest that does, for the smallest claims first. What is left is to be provided. */
function unboundObjections(
  claims: readonly JsonObject[],
  volumes: readonly JsonObject[],
  place: Place,
  state: State,
): readonly Objection[] {
  const chosenNode = (claim: JsonObject) => asString(dig(claim, 'metadata', 'annotations', selectedNode));
  const selected = claims.filter((claim) => chosenNode(claim) !== undefined);
  if (selected.some((claim) => chosenNode(claim) !== place.name)) return [none];
  const taken = new Set<JsonObject>();
  const provided = [...selected];
  for (const claim of claims
    .filter((one) => chosenNode(one) === undefined)
    .sort((a, b) => compareQuantities(wantedSize(a), wantedSize(b)))) {
    const own = volumes.filter((volume) => !taken.has(volume) && classNameOf(volume) === classNameOf(claim));
    const found = matchingVolume(claim, own, { node: place.labels });
    if (found === undefined) provided.push(claim);
    else taken.add(found);
  }
  for (const claim of provided) {
    const found = classOf(claim, state);
    const provisioner = asString(field(found, 'provisioner')) ?? '';
    const topologies = asList(field(found, 'allowedTopologies'));
    if (provisioner === '' || provisioner === noProvisioner) return [none];
    if (topologies.length > 0 && !topologies.some((term) => allows(term, place.labels))) return [none];
    if (!hasRoom(claim, provisioner, place, state))
      return [
        {
          plugin,
          says: 'node(s) did not have enough free storage',
          why: `the driver ${provisioner} tells of no room for PersistentVolumeClaim ${nameOf(claim)} on the node`,
          resolvable: false,
        },
      ];
  }
  return [];
}

const none: Objection = {
  plugin,
  says: "node(s) didn't find available persistent volumes to bind",
  why: 'no volume for a claim of the pod can be had on the node',
  resolvable: false,
};

function allows(term: Json, labels: Readonly<Record<string, string>>): boolean {
  const expressions = asList(field(term, 'matchLabelExpressions'));
  return (
    expressions.length > 0 &&
    expressions.every((each) => {
      const key = asString(field(each, 'key')) ?? '';
      return Object.hasOwn(labels, key) && strings(field(each, 'values')).includes(labels[key] ?? '');
    })
  );
}

/** True where the driver does not tell how much room it has, or tells of enough that the node can reach. */
function hasRoom(claim: JsonObject, provisioner: string, { labels }: Place, state: State): boolean {
  if (!isGiven(dig(claim, 'spec', 'resources', 'requests', 'storage'))) return true;
  const driver = state.get({ group: 'storage.k8s.io', resource: 'csidrivers' }, '', provisioner);
  if (dig(driver, 'spec', 'storageCapacity') !== true) return true;
  const bytes = quantityIn(wantedSize(claim));
  return state.list({ group: 'storage.k8s.io', resource: 'csistoragecapacities' }).some((one) => {
    const limit = one.maximumVolumeSize ?? one.capacity;
    const selector = isGiven(one.nodeTopology) ? labelSelector(one.nodeTopology) : undefined;
    return (
      one.storageClassName === classNameOf(claim) &&
      isGiven(limit) &&
      quantityIn(quantityOf(limit)) >= bytes &&
      selector?.ok === true &&
      selector.value !== undefined &&
      matches(selector.value, labels)
    );
  });
}

// The claims of StatefulSets, played: one a template and pod, kept or taken away with the pod or the set as the set's policy says
// (pkg/controller/statefulset/stateful_pod_control.go, 1.36).

import { nameOf, uidOf } from '../../../kube/metadata.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { put } from '../chores/objects.ts';
import { claims } from './claims.ts';
import { make, ownerReference, pods, type Stage } from './stage.ts';

function claimsOf(set: JsonObject, pod: string): readonly (readonly [volume: string, claim: string, template: JsonObject])[] {
  const ordinal = pod.slice(pod.lastIndexOf('-') + 1);
  return asList(dig(set, 'spec', 'volumeClaimTemplates')).map((each) => {
    const name = asString(dig(each, 'metadata', 'name')) ?? '';
    return [name, `${name}-${nameOf(set)}-${ordinal}`, asObject(each)];
  });
}

/** The volumes of a pod, with its own claims first. */
export function volumesWithClaims(set: JsonObject, pod: string, volumes: Json | undefined): readonly Json[] {
  const own = claimsOf(set, pod);
  const claimed = own.map(([name, claimName]): Json => ({ name, persistentVolumeClaim: { claimName } }));
  return [...claimed, ...asList(volumes).filter((each) => !own.some(([name]) => name === field(each, 'name')))];
}

/** Makes the claims of a pod that are missing; true where all are there and stay. */
export function makeClaims(stage: Stage, set: JsonObject, pod: string): boolean {
  let isWhole = true;
  for (const [, name, template] of claimsOf(set, pod)) {
    const found = stage.world.store.get(claims, stage.namespace, name);
    if (found !== undefined) {
      isWhole &&= dig(found, 'metadata', 'deletionTimestamp') === undefined;
      continue;
    }
    const { labels, annotations } = asObject(template.metadata);
    const own = { ...asObject(labels), ...asObject(dig(set, 'spec', 'selector', 'matchLabels')) };
    const metadata = { name, labels: own, ...(annotations === undefined ? {} : { annotations }) };
    const value = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: asObject(template.spec) };
    const made = make(stage, 'statefulset-controller', 'v1', 'persistentvolumeclaims', value);
    const of = `Pod ${pod} in StatefulSet ${nameOf(set)}`;
    const [type, reason, message] =
      'why' in made
        ? (['Warning', 'FailedCreate', `Create Claim ${name} for ${of} failed error: ${made.why}`] as const)
        : (['Normal', 'SuccessfulCreate', `Create Claim ${name} ${of} success`] as const);
    stage.recorder.note(set, { component: 'statefulset-controller', type, reason, message });
    isWhole &&= !('why' in made);
  }
  return isWhole;
}

/** Says of a pod's claims whom they go with: the set, or the pod that is too many. */
export function ownClaims(stage: Stage, set: JsonObject, pod: string, isExtra: boolean): void {
  const policy = (key: string) => dig(set, 'spec', 'persistentVolumeClaimRetentionPolicy', key) === 'Delete';
  const there = stage.world.store.get(pods, stage.namespace, pod);
  const owner = policy('whenScaled') && isExtra ? there : policy('whenDeleted') && !(policy('whenScaled') && isExtra) ? set : undefined;
  const own = new Set([uidOf(set), ...(there === undefined ? [] : [uidOf(there)])]);
  for (const [, name] of claimsOf(set, pod)) {
    const claim = stage.world.store.get(claims, stage.namespace, name);
    if (claim === undefined) continue;
    const { ownerReferences: before, ...metadata } = asObject(claim.metadata);
    const others = asList(before).filter((each) => !own.has(asString(field(each, 'uid')) ?? ''));
    const left =
      owner === undefined || others.some((each) => field(each, 'controller') === true) ? others : [...others, ownerReference(owner)];
    if (sameJson(left, asList(before))) continue;
    put(stage.world, claims, { ...claim, metadata: { ...metadata, ...(left.length === 0 ? {} : { ownerReferences: left }) } });
  }
}

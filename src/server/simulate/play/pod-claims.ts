// What pods ask for and does not stand by itself, played: claims of their ephemeral volumes, and claims of devices out of templates; each belongs
// to its pod (pkg/controller/{volume/ephemeral,resourceclaim}, 1.36). Claims of devices are not allocated.

import { isGoing, nameOf, uidOf } from '../../../kube/metadata.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { put } from '../chores/objects.ts';
import { claims } from './claims.ts';
import { make, ownerReference, pods, type Stage } from './stage.ts';

const deviceClaims = { group: 'resource.k8s.io', resource: 'resourceclaims' };
const templates = { group: 'resource.k8s.io', resource: 'resourceclaimtemplates' };
const podClaimName = 'resource.kubernetes.io/pod-claim-name';

export function playPodClaims(stage: Stage, pod: JsonObject): void {
  if (isGoing(pod)) return;
  for (const volume of asList(dig(pod, 'spec', 'volumes'))) playEphemeral(stage, pod, volume);
  if (dig(pod, 'spec', 'resourceClaims') !== undefined) playDeviceClaims(stage, pod);
}

function playEphemeral(stage: Stage, pod: JsonObject, volume: Json): void {
  const template = asObject(dig(volume, 'ephemeral', 'volumeClaimTemplate'));
  if (field(volume, 'ephemeral') === undefined) return;
  const own = asString(field(volume, 'name')) ?? '';
  const name = `${nameOf(pod)}-${own}`;
  const found = stage.world.store.get(claims, stage.namespace, name);
  const say = (why: string) => {
    const message = `ephemeral volume ${own}: ${why}`;
    stage.recorder.once(pod, { component: 'ephemeral_volume', type: 'Warning', reason: 'FailedBinding', message });
  };
  if (found !== undefined) {
    const isOwn = asList(dig(found, 'metadata', 'ownerReferences')).some((each) => field(each, 'uid') === uidOf(pod));
    const [claim, of] = [`${stage.namespace}/${name}`, `${stage.namespace}/${nameOf(pod)}`];
    if (!isOwn) say(`PVC ${claim} was not created for pod ${of} (pod is not owner)`);
    return;
  }
  const { labels, annotations } = asObject(template.metadata);
  const metadata = {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ownerReferences: [ownerReference(pod)],
  };
  const value = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: asObject(template.spec) };
  const made = make(stage, 'ephemeral-volume-controller', 'v1', 'persistentvolumeclaims', value);
  if ('why' in made) say(`create PVC ${name}: ${made.why}`);
}

function playDeviceClaims(stage: Stage, pod: JsonObject): void {
  const { store } = stage.world;
  const before = asList(dig(pod, 'status', 'resourceClaimStatuses'));
  const statuses = asList(dig(pod, 'spec', 'resourceClaims')).flatMap((each): readonly Json[] => {
    const name = asString(field(each, 'name')) ?? '';
    const template = asString(field(each, 'resourceClaimTemplateName'));
    if (template === undefined) return [];
    const known = before.find((status) => field(status, 'name') === name);
    if (known !== undefined) return [known];
    const made = makeDeviceClaim(stage, pod, name, store.get(templates, stage.namespace, template), template);
    return made === undefined ? [] : [{ name, resourceClaimName: made }];
  });
  if (sameJson([...statuses], [...before])) return;
  put(stage.world, pods, { ...pod, status: { ...asObject(pod.status), resourceClaimStatuses: [...statuses] } });
}

function makeDeviceClaim(
  stage: Stage,
  pod: JsonObject,
  name: string,
  template: JsonObject | undefined,
  templateName: string,
): string | undefined {
  const say = (why: string) => {
    const message = `PodResourceClaim ${name}: ${why}`;
    stage.recorder.once(pod, { component: 'resource_claim', type: 'Warning', reason: 'FailedResourceClaimCreation', message });
  };
  if (template === undefined) {
    say(
      `resource claim template ${JSON.stringify(templateName)}: resourceclaimtemplate.resource.k8s.io ${JSON.stringify(templateName)} not found`,
    );
    return undefined;
  }
  const isFor = (claim: JsonObject) =>
    dig(claim, 'metadata', 'annotations', podClaimName) === name &&
    asList(dig(claim, 'metadata', 'ownerReferences')).some((each) => field(each, 'uid') === uidOf(pod));
  const known = stage.world.store.list(deviceClaims, stage.namespace).find(isFor);
  if (known !== undefined) return nameOf(known);
  const { blockOwnerDeletion: _blocks, ...owner } = asObject(ownerReference(pod));
  const { metadata: own, spec } = asObject(template.spec);
  const { labels, annotations } = asObject(own);
  const metadata = {
    generateName: `${nameOf(pod)}-${name}-`,
    ...(labels === undefined ? {} : { labels }),
    annotations: { ...asObject(annotations), [podClaimName]: name },
    ownerReferences: [owner],
  };
  const value = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, spec: asObject(spec) };
  const made = make(stage, 'resource-claim-controller', 'resource.k8s.io/v1', 'resourceclaims', value);
  if ('name' in made) return made.name;
  say(`create ResourceClaim : ${made.why}`);
  return undefined;
}

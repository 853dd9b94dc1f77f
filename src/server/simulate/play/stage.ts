// What the played controllers share: reading and writing objects of one namespace. What they make goes through the request pipeline, so that
// quotas, policies and Pod Security have their say; what they find out, statuses, is put into the store.

import { mapSelects, selects } from '../../../kube/label-selector.ts';
import { isGoing, nameOf, uidOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { podTemplateHash, revisionHash } from '../../../request/template-hash/hash.ts';
import { controllerAccount } from '../../../request/write/accounts.ts';
import { write } from '../../../request/write/write.ts';
import { deleteAs } from '../chores/objects.ts';
import { timestamp, type World } from '../world.ts';
import type { Burst } from './bursts.ts';
import type { Recorder } from './events.ts';

export interface Stage {
  readonly world: World;
  readonly namespace: string;
  readonly recorder: Recorder;
  readonly burst: Burst;
  /** Milliseconds. */
  readonly autoscalerPeriod: number;
  /** Looks at the namespace again at this time. */
  readonly again: (time: number) => void;
}

export const pods: GroupResource = { group: '', resource: 'pods' };
export const podKind = { ...pods, version: 'v1', namespaced: true };
export const replicaSets: GroupResource = { group: 'apps', resource: 'replicasets' };

/** Milliseconds; undefined for what is no time. */
export function timeOf(value: Json | undefined): number | undefined {
  const time = Date.parse(asString(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Objects of a resource that belong to an owner and are not going. */
export function ownedBy({ world, namespace }: Stage, resource: GroupResource, owner: JsonObject): readonly JsonObject[] {
  const uid = dig(owner, 'metadata', 'uid');
  return world.store
    .list(resource, namespace)
    .filter(
      (each) => !isGoing(each) && asList(dig(each, 'metadata', 'ownerReferences')).some((reference) => field(reference, 'uid') === uid),
    );
}

/**
 * Takes what an owner selects and nobody owns, and lets go what it does not select any more (pkg/controller/controller_ref_manager.go).
 * `fits` is asked of what is to be taken besides.
 */
export function claimOwned(
  stage: Stage,
  resource: GroupResource,
  owner: JsonObject,
  fits: (object: JsonObject) => boolean = () => true,
): void {
  const selector = dig(owner, 'spec', 'selector');
  const isPlain = owner.kind === 'ReplicationController';
  const uid = uidOf(owner);
  for (const object of stage.world.store.list(resource, stage.namespace)) {
    const references = asList(dig(object, 'metadata', 'ownerReferences'));
    const controller = references.find((each) => field(each, 'controller') === true);
    const isOwn = field(controller, 'uid') === uid;
    if (controller !== undefined && !isOwn) continue;
    const labels = stringMap(dig(object, 'metadata', 'labels'));
    const isSelected = isPlain ? mapSelects(selector, labels) : selects(selector, labels);
    if (isOwn ? isSelected : !isSelected || isGoing(object) || !fits(object)) continue;
    const { ownerReferences: _references, ...metadata } = asObject(object.metadata);
    const left = isOwn ? references.filter((each) => each !== controller) : [...references, ownerReference(owner)];
    const changed = { ...metadata, ...(left.length === 0 ? {} : { ownerReferences: left }) };
    stage.world.store.put(resource, stage.namespace, nameOf(object), { ...object, metadata: changed });
  }
}

export function ownerReference(owner: JsonObject): Json {
  return {
    apiVersion: asString(owner.apiVersion) ?? '',
    kind: asString(owner.kind) ?? '',
    name: nameOf(owner),
    uid: asString(dig(owner, 'metadata', 'uid')) ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Creates an object as a controller does: its name, or why the server refuses it. */
export function make(
  { world, namespace }: Stage,
  controller: string,
  apiVersion: string,
  plural: string,
  value: JsonObject,
): { readonly name: string } | { readonly why: string } {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const request = {
    method: 'POST',
    path: `${root}/${apiVersion}/namespaces/${namespace}/${plural}`,
    query: {},
    user: controllerAccount(controller),
    userAgent: 'kube-controller-manager/v1.36.3',
    body: { kind: 'json' as const, value },
  };
  const { object, refusal } = write(request, { ...world.writing(), access: () => world.snapshot() });
  return object === undefined ? { why: refusal?.message ?? '' } : { name: nameOf(object) };
}

/** A pod of a template: why it was refused; undefined where it was made. What happened is noted on the owner. */
export function makePod(
  stage: Stage,
  controller: string,
  owner: JsonObject,
  metadata: JsonObject,
  spec: JsonObject = {},
  template = dig(owner, 'spec', 'template'),
): string | undefined {
  const own = asObject(field(template, 'metadata'));
  const { labels, annotations, ...named } = metadata;
  const value = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...named,
      labels: { ...asObject(own.labels), ...asObject(labels) },
      ...(own.annotations === undefined && annotations === undefined
        ? {}
        : { annotations: { ...asObject(own.annotations), ...asObject(annotations) } }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...asObject(field(template, 'spec')), ...spec },
  };
  const made = make(stage, controller, 'v1', 'pods', value);
  const isSet = owner.kind === 'StatefulSet';
  const of = `Pod ${asString(named.name) ?? ''} in StatefulSet ${nameOf(owner)}`;
  const component = isSet ? 'statefulset-controller' : owner.kind === 'DaemonSet' ? 'daemonset-controller' : controller;
  if ('name' in made) {
    const message = isSet ? `Create ${of} successful` : `Created pod: ${made.name}`;
    stage.recorder.note(owner, { component, type: 'Normal', reason: 'SuccessfulCreate', message });
    return undefined;
  }
  const message = isSet ? `Create ${of} failed error: ${made.why}` : `Error creating: ${made.why}`;
  stage.recorder.note(owner, { component, type: 'Warning', reason: 'FailedCreate', message });
  return made.why;
}

/** Asks for a pod's deletion for its owner: its finalizers hold it, and on a node it has its grace. */
export function dropPod(stage: Stage, component: string, owner: JsonObject, pod: JsonObject): void {
  if (deleteAs(stage.world, component, podKind, pod) !== undefined) return;
  const message =
    owner.kind === 'StatefulSet' ? `Delete Pod ${nameOf(pod)} in StatefulSet ${nameOf(owner)} successful` : `Deleted pod: ${nameOf(pod)}`;
  stage.recorder.note(owner, { component, type: 'Normal', reason: 'SuccessfulDelete', message });
}

/** The real controllers' hash where it is known; of the odd template that bears a time one of our own. */
export function hashOf(template: Json | undefined, minor: string, collisions?: number): string {
  return podTemplateHash(template ?? null, collisions, minor) ?? revisionHash({ template: template ?? null }, collisions);
}

/** Zeros are not written. */
export function counts(values: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}

/** Puts an object with another status, or other annotations, in place, where that is a change. */
export function keep(
  { world, namespace }: Stage,
  resource: GroupResource,
  object: JsonObject,
  status: JsonObject,
  annotations: JsonObject = {},
): void {
  const metadata = asObject(object.metadata);
  const noted =
    Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations: { ...asObject(metadata.annotations), ...annotations } };
  if (sameJson(status, object.status) && sameJson(noted, metadata)) return;
  world.store.put(resource, namespace, nameOf(object), { ...object, metadata: noted, status });
}

export function isReady(pod: JsonObject): boolean {
  return asList(dig(pod, 'status', 'conditions')).some((each) => field(each, 'type') === 'Ready' && field(each, 'status') === 'True');
}

/** Whether it is ready, and has been for so many seconds; where it has not yet, the namespace is looked at again when it will have. */
export function isAvailable({ world, again }: Stage, pod: JsonObject, seconds: number): boolean {
  if (!isReady(pod)) return false;
  if (seconds === 0) return true;
  const since = timeOf(field(conditionOf(pod, 'Ready'), 'lastTransitionTime')) ?? 0;
  const at = since + seconds * 1000;
  if (world.clock.now() >= at) return true;
  again(at);
  return false;
}

export function minReadySeconds(owner: JsonObject): number {
  return asNumber(dig(owner, 'spec', 'minReadySeconds')) ?? 0;
}

export function conditionOf(object: JsonObject, type: string): Json | undefined {
  return asList(dig(object, 'status', 'conditions')).find((each) => field(each, 'type') === type);
}

/** The status of a pod of which this is true, too. */
export function withCondition({ world }: Stage, pod: JsonObject, type: string, reason: string, message: string): JsonObject {
  const others = asList(dig(pod, 'status', 'conditions')).filter((each) => field(each, 'type') !== type);
  const observedGeneration = dig(pod, 'metadata', 'generation') ?? 1;
  const told = { ...condition(world, pod, type, true, reason, message, false), lastProbeTime: null, observedGeneration };
  return { ...asObject(pod.status), conditions: [...others, told] };
}

export function wantedOf(object: JsonObject): number {
  return asNumber(dig(object, 'spec', 'replicas')) ?? 1;
}

/** A condition, with its times where it was so before. */
export function condition(
  { clock }: World,
  object: JsonObject,
  type: string,
  is: boolean | 'Unknown',
  reason: string,
  message: string,
  updates = true,
): JsonObject {
  const before = conditionOf(object, type);
  const status = is === 'Unknown' ? is : is ? 'True' : 'False';
  const now = timestamp(clock.now());
  const same = field(before, 'status') === status;
  const isSame = same && field(before, 'reason') === reason && field(before, 'message') === message;
  return {
    type,
    status,
    ...(updates ? { lastUpdateTime: (isSame ? asString(field(before, 'lastUpdateTime')) : undefined) ?? now } : {}),
    lastTransitionTime: (same ? asString(field(before, 'lastTransitionTime')) : undefined) ?? now,
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
  };
}

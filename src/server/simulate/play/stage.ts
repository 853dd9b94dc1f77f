// What the played controllers share: reading and writing objects of one namespace. What they make goes through the request pipeline, so that
// quotas, policies and Pod Security have their say; what they find out, statuses, is put into the store.

import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/state.ts';
import { write } from '../../../request/write.ts';
import { timestamp, type World } from '../world.ts';

export interface Stage {
  readonly world: World;
  readonly namespace: string;
}

export const pods: GroupResource = { group: '', resource: 'pods' };
export const replicaSets: GroupResource = { group: 'apps', resource: 'replicasets' };

export function nameOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'name')) ?? '';
}

export function isGoing(object: JsonObject): boolean {
  return dig(object, 'metadata', 'deletionTimestamp') !== undefined;
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

/** Creates an object as a controller does; false where the server refuses it. */
export function make({ world, namespace }: Stage, controller: string, apiVersion: string, plural: string, value: JsonObject): boolean {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const user = { name: `system:serviceaccount:kube-system:${controller}`, groups: ['system:masters', 'system:authenticated'] };
  const request = {
    method: 'POST',
    path: `${root}/${apiVersion}/namespaces/${namespace}/${plural}`,
    query: {},
    user,
    userAgent: 'kube-controller-manager/v1.36.3',
    body: { kind: 'json' as const, value },
  };
  return write(request, { ...world.writing(), access: () => world.snapshot() }).code === 201;
}

/** A pod of a template. */
export function makePod(
  stage: Stage,
  controller: string,
  owner: JsonObject,
  template: Json | undefined,
  metadata: JsonObject,
  spec: JsonObject = {},
): boolean {
  const own = asObject(field(template, 'metadata'));
  const { labels, ...named } = metadata;
  const value = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...named,
      labels: { ...asObject(own.labels), ...asObject(labels) },
      ...(own.annotations === undefined ? {} : { annotations: own.annotations }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...asObject(field(template, 'spec')), ...spec },
  };
  return make(stage, controller, 'v1', 'pods', value);
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

export function wantedOf(object: JsonObject): number {
  return asNumber(dig(object, 'spec', 'replicas')) ?? 1;
}

/** A condition, with its times where it was so before. */
export function condition(object: JsonObject, type: string, is: boolean, reason: string, message: string, updates = true): JsonObject {
  const before = asList(dig(object, 'status', 'conditions')).find((each) => field(each, 'type') === type);
  const status = is ? 'True' : 'False';
  const now = timestamp();
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

// What a change makes of a cluster: every object of the new side that differs from the old is sent to the API server of the old side, by one
// user, in the order a pipeline would take (what others need first). Nothing is deleted. An object that is there already is applied with force, so
// that what others have set stays and what the pipeline itself had set and sets no more goes; manifests of the old side are applied before that.

import { placeOfKind } from '../kube/early-kinds.ts';
import type { KubeObject } from '../kube/object.ts';
import { asObject, type Json, type JsonObject, sameJson } from '../lib/json.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Refusal } from './answer.ts';
import { bringToLife } from './born.ts';
import type { MakeCall } from './calling.ts';
import type { Change } from './changes.ts';
import { collectionOf, pathOf } from './object-path.ts';
import type { ApiRequest, Requester } from './request.ts';
import type { GroupResource } from './state.ts';
import { suppose, supposedly } from './suppose.ts';
import { targetOf } from './target.ts';
import type { RequestTrace } from './trace.ts';
import type { Writing } from './update.ts';

export interface Rejected {
  readonly resource: Resource;
  readonly refusal: Refusal;
  /** Where it was refused: `validation`, or a stage and its plugin. */
  readonly stage: string;
}

export interface Mutated {
  readonly resource: Resource;
  /** The admission plugin. */
  readonly by: string;
  readonly changes: readonly Change[];
}

export interface Rollout {
  readonly created: readonly Resource[];
  readonly updated: readonly Resource[];
  readonly unchanged: number;
  /** Objects of the old side that the new one has no more; they stay. */
  readonly left: readonly Resource[];
  readonly rejected: readonly Rejected[];
  readonly warned: readonly { readonly resource: Resource; readonly warnings: readonly string[] }[];
  readonly mutated: readonly Mutated[];
  /** What could not be decided, as sentences. */
  readonly unknown: readonly string[];
}

/**
 * Sends the objects of `head` to the server whose store holds `base`; the store is what it would be afterwards. Webhooks are asked where
 * `makeCall` is given.
 */
export async function rollOut(base: Snapshot, head: Snapshot, writing: Writing, user: Requester, makeCall?: MakeCall): Promise<Rollout> {
  const before = new Map(base.resources.map((resource) => [identity(resource), resource]));
  const ordered = head.resources
    .map((resource, index) => ({ resource, index }))
    .sort((a, b) => placeOfKind(a.resource.kind) - placeOfKind(b.resource.kind) || a.index - b.index);
  const created: Resource[] = [];
  const updated: Resource[] = [];
  const rejected: Rejected[] = [];
  const warned: { resource: Resource; warnings: readonly string[] }[] = [];
  const mutated: Mutated[] = [];
  const unknown = new Set<string>();
  let unchanged = 0;
  for (const { resource } of ordered) {
    const known = before.get(identity(resource));
    if (known !== undefined && sameJson(known.object, resource.object)) {
      unchanged++;
      continue;
    }
    const sent = await supposedly(writing, makeCall, (over) => {
      const request = requestFor(resource, known, over, user);
      return { request, trace: suppose(request, over) };
    });
    if (sent === undefined) {
      unknown.add('webhooks ask for calls without end');
      continue;
    }
    const { request, trace } = sent;
    for (const why of trace.unknown) unknown.add(why);
    const { refusal, text, warnings } = trace.answer;
    if (warnings.length > 0) warned.push({ resource, warnings });
    if (refusal !== undefined || text !== undefined) {
      const why = refusal ?? { code: trace.answer.code, reason: 'NotFound' as const, message: (text ?? '').trim() };
      if (rests(resource, why)) unknown.add('values of Secrets are not read, so that what the server says of them is not known');
      else rejected.push({ resource, refusal: why, stage: stageOf(trace) });
      continue;
    }
    for (const { stage, plugin, changes } of trace.stages)
      if (stage === 'mutating admission' && plugin !== undefined && changes !== undefined && changes.length > 0)
        mutated.push({ resource, by: plugin, changes });
    (request.method === 'POST' ? created : updated).push(resource);
  }
  const sent = new Set(head.resources.map(identity));
  const left = base.facts.live ? [] : base.resources.filter((resource) => !sent.has(identity(resource)));
  return { created, updated, unchanged, left, rejected, warned, mutated, unknown: [...unknown] };
}

function identity({ group, kind, namespace, name }: Resource): string {
  return JSON.stringify([group, kind, namespace, name]);
}

/** Values of Secrets are gone when objects are read: a refusal that is about them is none. */
function rests({ kind }: Resource, { details }: Refusal): boolean {
  return kind === 'Secret' && (details?.causes ?? []).some((cause) => cause.field?.startsWith('data') === true);
}

function stageOf({ stages }: RequestTrace): string {
  const found = stages.find(({ decision }) => decision === 'refused');
  if (found === undefined) return 'storage';
  return found.plugin === undefined ? found.stage : `${found.stage}: ${found.plugin}`;
}

const manager = 'cofferdam';

function requestFor(resource: Resource, before: Resource | undefined, writing: Writing, user: Requester): ApiRequest {
  const { object, name } = resource;
  const { server, store } = writing;
  const collection = collectionOf(object, server.release, store.list(definitions));
  const namespace = collection.namespaced ? resource.namespace || 'default' : '';
  const path = pathOf(object.apiVersion, collection, namespace);
  const at = { group: resource.group, resource: collection.resource };
  const query = { fieldManager: manager, fieldValidation: 'Warn' };
  const plain = sendable(object);
  const body = (metadata: JsonObject): { readonly kind: 'json'; readonly value: Json } => ({ kind: 'json', value: { ...plain, metadata } });
  const metadata = asObject(plain.metadata);
  const contentType = 'application/apply-patch+yaml';
  const apply = { method: 'PATCH', path: `${path}/${name}`, query: { ...query, force: 'true' }, user, contentType, body: body(metadata) };
  if (store.get(at, namespace, name) === undefined) return { method: 'POST', path, query, user, body: body(metadata) };
  const target = targetOf(apply, writing);
  const refused = 'type' in target ? bringToLife(target, before && sendable(before.object), writing, manager) : undefined;
  if (refused === undefined) return apply;
  // What is there could not have come about through this server: it is replaced as a whole.
  const { resourceVersion = '' } = asObject(store.get(at, namespace, name)?.metadata);
  return { method: 'PUT', path: `${path}/${name}`, query, user, body: body({ ...metadata, resourceVersion }) };
}

/** The object as people write it: without what a server has put there, and without values of Secrets. */
function sendable(object: KubeObject): JsonObject {
  const { status: _status, ...rest } = object as JsonObject;
  const {
    uid: _uid,
    resourceVersion: _revision,
    creationTimestamp: _time,
    managedFields: _fields,
    generation: _generation,
    ...metadata
  } = asObject(rest.metadata);
  if (object.kind !== 'Secret') return { ...rest, metadata };
  const { stringData: _values, ...secret } = rest;
  const data = Object.fromEntries(Object.keys({ ...asObject(rest.data), ...asObject(rest.stringData) }).map((key) => [key, '']));
  return { ...secret, metadata, data };
}

const definitions: GroupResource = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

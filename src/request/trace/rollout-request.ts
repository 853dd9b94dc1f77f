// The request by which a pipeline brings an object to a cluster: a create where it is not there, else an apply with force.

import type { KubeObject } from '../../kube/object.ts';
import { asObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { ApiRequest, Requester } from '../request.ts';
import { type Target, targetOf } from '../target.ts';
import type { Writing } from '../write/update.ts';
import { bringToLife } from './born.ts';
import { collectionOf, pathOf } from './object-path.ts';

const manager = 'cofferdam';

/** The request for an object; `before` is what the pipeline sent the last time. */
export function requestFor(resource: Resource, before: Resource | undefined, writing: Writing, user: Requester): ApiRequest {
  const { object, name } = resource;
  const { server, store } = writing;
  const collection = collectionOf(object, server.release, store);
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
  if (!('type' in target) || isBroughtToLife(target, before && sendable(before.object), writing)) return apply;
  // What is there is invalid, and could not have come about through this server: it is replaced as a whole.
  const { resourceVersion = '' } = asObject(store.get(at, namespace, name)?.metadata);
  return { method: 'PUT', path: `${path}/${name}`, query, user, body: body({ ...metadata, resourceVersion }) };
}

/** What the pipeline applied before; where admission would refuse it today (a quota, a webhook that is elsewhere), as it passed it then. */
function isBroughtToLife(target: Target, written: JsonObject | undefined, writing: Writing): boolean {
  if (bringToLife(target, written, writing, manager) === undefined) return true;
  const unasked: Writing = { ...writing, server: { ...writing.server, plugins: new Set() } };
  return bringToLife(target, written, unasked, manager) === undefined;
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

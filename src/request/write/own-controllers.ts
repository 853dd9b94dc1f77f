// What the API server itself makes of objects after they are written: names of custom kinds accepted, flow schemas found whole, addresses of
// Services written down. These are requests of the server to itself, with managed fields like any other (apiextensions-apiserver/pkg/controller,
// apiserver/pkg/util/flowcontrol and pkg/registry/core/service, 1.36). Left out: what the controller manager does.

import { asList, asString, dig, field, type JsonObject, strings } from '../../lib/json.ts';
import { namedStatus, othersOf, waitsForNames } from '../custom/accepted-names.ts';
import { cleanup, resourceOf, statusWhileEnding } from '../custom/definition-end.ts';
import type { ApiRequest } from '../request.ts';
import { freedAddresses, givenAddresses, unwrittenAddresses } from '../services/given-addresses.ts';
import { definitions } from '../store/state.ts';
import { type Target, targetOf } from '../target.ts';
import { serverItself } from './accounts.ts';
import type { Writing } from './update.ts';

type Write = (target: Target, request: ApiRequest, writing: Writing) => unknown;

/** Lets the server's own controllers see an object that was written through `target`. */
export function settle(request: ApiRequest, object: JsonObject, target: Target, writing: Writing, write: Write): void {
  if (target.subresource !== '') return;
  const send = (next: ApiRequest | undefined) => {
    const found = next && targetOf(next, writing);
    if (next !== undefined && found !== undefined && 'type' in found) write(found, next, writing);
  };
  switch (`${target.group}/${target.kind}`) {
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      if (request.method === 'DELETE' || field(object.metadata, 'deletionTimestamp') !== undefined) send(cleanUp(object, writing));
      else send(acceptedNames(object, writing));
      for (const other of waitingForNames(object, writing)) send(acceptedNames(other, writing));
      return;
    case 'flowcontrol.apiserver.k8s.io/FlowSchema':
      if (request.method !== 'DELETE') send(dangling(object, writing));
      return;
    case '/Service':
      if (request.method !== 'POST')
        for (const name of freedAddresses(target.namespace, writing.store)) writing.store.remove(givenAddresses, '', name);
      if (request.method !== 'DELETE')
        for (const address of unwrittenAddresses(object, writing.store)) send(created('/apis/networking.k8s.io/v1/ipaddresses', address));
  }
}

function created(path: string, value: JsonObject): ApiRequest {
  return { method: 'POST', path, query: {}, user: serverItself, userAgent: 'kube-apiserver/v1.36.3', body: { kind: 'json', value } };
}

/** The server's own update of a status. */
function statusOf(object: JsonObject, plural: string, status: JsonObject): ApiRequest {
  const path = statusPath(object, plural);
  const body = { kind: 'json' as const, value: { ...object, status } };
  return { method: 'PUT', path, query: {}, user: serverItself, userAgent: 'kube-apiserver/v1.36.3', body };
}

function statusPath(object: JsonObject, plural: string): string {
  return `/apis/${asString(object.apiVersion)}/${plural}/${asString(field(object.metadata, 'name'))}/status`;
}

/** A definition that is being deleted goes after its objects, unless somebody else's finalizer holds it or one of them. */
function cleanUp(deleted: JsonObject, { store }: Writing): ApiRequest | undefined {
  const name = asString(field(deleted.metadata, 'name')) ?? '';
  const definition = store.get(definitions, '', name);
  if (definition === undefined || field(definition.metadata, 'deletionTimestamp') === undefined) return undefined;
  const finalizers = strings(field(definition.metadata, 'finalizers'));
  if (!finalizers.includes(cleanup)) return undefined;
  const kind = resourceOf(definition);
  for (const object of store.list(kind)) {
    if (strings(field(object.metadata, 'finalizers')).length > 0) return undefined;
    store.remove(kind, asString(field(object.metadata, 'namespace')) ?? '', asString(field(object.metadata, 'name')) ?? '');
  }
  if (finalizers.length === 1) {
    store.remove(definitions, '', name);
    return undefined;
  }
  // While somebody else holds the definition, the end of its objects is not waited for.
  const status = statusWhileEnding(definition);
  return status === undefined ? undefined : statusOf(definition, 'customresourcedefinitions', status);
}

/** A definition's names, as far as nobody else has them. */
function acceptedNames(object: JsonObject, { store, circumstances: { now } }: Writing): ApiRequest | undefined {
  const status = namedStatus(object, othersOf(object, store.list(definitions)), now);
  return status === undefined ? undefined : statusOf(object, 'customresourcedefinitions', status);
}

/** The definitions of a group whose names another one has, or had until now. */
function waitingForNames(object: JsonObject, { store }: Writing): readonly JsonObject[] {
  return othersOf(object, store.list(definitions)).filter(waitsForNames);
}

/** Priority levels that a server makes for itself. */
const ownLevels = ['exempt', 'catch-all', 'system', 'node-high', 'leader-election', 'workload-high', 'workload-low', 'global-default'];

/** Whether a flow schema's priority level is there. */
function dangling(object: JsonObject, { state, circumstances: { now } }: Writing): ApiRequest | undefined {
  const level = asString(dig(object, 'spec', 'priorityLevelConfiguration', 'name')) ?? '';
  const levels = { group: 'flowcontrol.apiserver.k8s.io', resource: 'prioritylevelconfigurations' };
  const isThere = ownLevels.includes(level) || state.get(levels, '', level) !== undefined;
  const references = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  const status = isThere ? 'False' : 'True';
  const message = `${references} ${isThere ? 'and it exists' : 'but there is no such object'}`;
  const before = asList(dig(object, 'status', 'conditions')).find((each) => field(each, 'type') === 'Dangling');
  if (field(before, 'status') === status && field(before, 'message') === message) return undefined;
  const condition = { type: 'Dangling', status, lastTransitionTime: now, reason: isThere ? 'Found' : 'NotFound', message };
  const { apiVersion, kind } = object;
  const value = { apiVersion, kind, metadata: { name: field(object.metadata, 'name') }, status: { conditions: [condition] } };
  return {
    method: 'PATCH',
    path: statusPath(object, 'flowschemas'),
    query: { fieldManager: 'api-priority-and-fairness-config-consumer-v1', force: 'true' },
    contentType: 'application/apply-patch+yaml',
    user: serverItself,
    body: { kind: 'json', value },
  };
}

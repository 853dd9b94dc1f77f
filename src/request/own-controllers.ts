// What the API server itself makes of objects after they are written: names of custom kinds accepted, flow schemas found whole. These are
// requests of the server to itself, with managed fields like any other (apiextensions-apiserver/pkg/controller/{status,establish} and
// apiserver/pkg/util/flowcontrol, 1.36). Left out: what the controller manager does.

import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson, strings } from '../lib/json.ts';
import type { ApiRequest } from './request.ts';
import { type Target, targetOf } from './target.ts';
import type { Writing } from './update.ts';

type Write = (target: Target, request: ApiRequest, writing: Writing) => unknown;

const server = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** Lets the server's own controllers see an object that was written through `target`. */
export function settle(request: ApiRequest, object: JsonObject, target: Target, writing: Writing, write: Write): void {
  if (target.subresource !== '') return;
  if (request.method === 'DELETE') {
    if (target.kind === 'CustomResourceDefinition') cleanUp(object, writing);
    return;
  }
  const key = `${target.group}/${target.kind}`;
  const next =
    key === 'apiextensions.k8s.io/CustomResourceDefinition'
      ? acceptedNames(object, writing)
      : key === 'flowcontrol.apiserver.k8s.io/FlowSchema'
        ? dangling(object, writing)
        : undefined;
  if (next === undefined) return;
  const found = targetOf(next, writing);
  if ('type' in found) write(found, next, writing);
}

function statusPath(object: JsonObject, plural: string): string {
  return `/apis/${asString(object.apiVersion)}/${plural}/${asString(field(object.metadata, 'name'))}/status`;
}

const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
const cleanup = 'customresourcecleanup.apiextensions.k8s.io';

/** A definition that is being deleted goes after its objects, unless somebody else's finalizer holds it or one of them. */
function cleanUp(deleted: JsonObject, { store }: Writing): void {
  const name = asString(field(deleted.metadata, 'name')) ?? '';
  const definition = store.get(definitions, '', name);
  if (definition === undefined || field(definition.metadata, 'deletionTimestamp') === undefined) return;
  const finalizers = strings(field(definition.metadata, 'finalizers'));
  if (!finalizers.includes(cleanup)) return;
  const kind = {
    group: asString(dig(definition, 'spec', 'group')) ?? '',
    resource: asString(dig(definition, 'spec', 'names', 'plural')) ?? '',
  };
  for (const object of store.list(kind)) {
    if (strings(field(object.metadata, 'finalizers')).length > 0) return;
    store.remove(kind, asString(field(object.metadata, 'namespace')) ?? '', asString(field(object.metadata, 'name')) ?? '');
  }
  const others = finalizers.filter((each) => each !== cleanup);
  if (others.length === 0) store.remove(definitions, '', name);
  else store.put(definitions, '', name, { ...definition, metadata: { ...asObject(definition.metadata), finalizers: others } });
}

/** A definition's names, accepted as nobody else has them. */
function acceptedNames(object: JsonObject, { circumstances: { now } }: Writing): ApiRequest | undefined {
  const status = asObject(object.status);
  const names = asObject(dig(object, 'spec', 'names'));
  const { categories: _categories, ...accepted } = names;
  const wanted = { ...accepted, ...(names.categories === undefined ? {} : { categories: names.categories }) };
  const before = asList(status.conditions);
  const condition = (type: string, reason: string, message: string): Json =>
    before.find((each) => field(each, 'type') === type && field(each, 'status') === 'True') ?? {
      type,
      status: 'True',
      lastTransitionTime: now,
      reason,
      message,
    };
  const own = ['NamesAccepted', 'Established'];
  const conditions = [
    condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
    condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ...before.filter((each) => !own.includes(asString(field(each, 'type')) ?? '')),
  ];
  if (sameJson(wanted, status.acceptedNames) && sameJson(conditions, before)) return undefined;
  return {
    method: 'PUT',
    path: statusPath(object, 'customresourcedefinitions'),
    query: {},
    user: server,
    userAgent: 'kube-apiserver/v1.36.3',
    body: { kind: 'json', value: { ...object, status: { ...status, acceptedNames: wanted, conditions } } },
  };
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
    user: server,
    body: { kind: 'json', value },
  };
}

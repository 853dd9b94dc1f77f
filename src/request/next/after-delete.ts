// Who acts once an object is deleted.

import { asList, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import type { ApiRequest } from '../request.ts';
import type { GroupResource, State } from '../store/state.ts';
import type { Target } from '../target.ts';
import { makers } from './makers.ts';
import type { NextStep } from './step.ts';

/** What an object owns goes with it, unless it is to be left. */
export function afterDelete(
  request: ApiRequest,
  target: Target | undefined,
  left: JsonObject | undefined,
  state: State,
): readonly NextStep[] {
  if (target === undefined || (target.subresource !== '' && target.subresource !== 'eviction')) return [];
  const { group, namespace, name } = target;
  const kind = target.subresource === 'eviction' ? 'Pod' : target.kind;
  if (group === '' && kind === 'Namespace')
    return [{ actor: 'namespace controller', does: 'deletes everything in it, then the namespace' }];
  if (group === '' && kind === 'Pod' && left !== undefined)
    return [{ actor: 'kubelet', does: 'stops the containers, then deletes the pod for good' }];
  const uid = asString(dig(state.get(target, namespace, name), 'metadata', 'uid'));
  const dependents = uid === undefined ? 0 : owned(state, namespace, uid);
  if (dependents === 0 && makers[`${group}/${kind}`] === undefined) return [];
  const body = request.body?.kind === 'json' ? request.body.value : undefined;
  const policy = request.query.propagationPolicy ?? asString(dig(body, 'propagationPolicy')) ?? 'Background';
  const what = dependents === 0 ? 'what it owns' : `the ${dependents} object${dependents === 1 ? '' : 's'} that it owns`;
  const does =
    policy === 'Orphan'
      ? `leaves ${what}`
      : policy === 'Foreground'
        ? `deletes ${what} first, then it`
        : `deletes ${what}, in the background`;
  return [{ actor: 'garbage collector', does }];
}

/** Kinds that others own. */
const ownable: readonly GroupResource[] = [
  { group: '', resource: 'pods' },
  { group: 'apps', resource: 'replicasets' },
  { group: 'apps', resource: 'controllerrevisions' },
  { group: 'batch', resource: 'jobs' },
];

function owned(state: State, namespace: string, uid: string): number {
  const isOwn = (object: JsonObject) => asList(dig(object, 'metadata', 'ownerReferences')).some((one) => field(one, 'uid') === uid);
  return ownable.reduce((sum, resource) => sum + state.list(resource, namespace).filter(isOwn).length, 0);
}

// The status of quotas, which the quota controller keeps and admission reads: what is allowed, and what is used of it (k8s.io/apiserver
// pkg/quota/v1 and the evaluators of 1.36).

import { asNumber, asObject, asString, dig, type JsonObject, sameJson } from '../../lib/json.ts';
import { shownAmount } from '../../request/admission/amounts.ts';
import { usedOfQuota } from '../../request/admission/resource-quota.ts';
import { storageOf } from '../../request/read/storage.ts';
import type { GroupResource } from '../../request/store/state.ts';
import { deletable } from './chores/objects.ts';
import type { World } from './world.ts';

const quotas: GroupResource = { group: '', resource: 'resourcequotas' };

/** Brings the quotas of a namespace up to what is in it. */
export function countQuotas(world: World, namespace: string): void {
  const { store } = world;
  const list = (kind: GroupResource) => {
    if (!isCounted(world, kind)) return undefined;
    const objects = store.list(storageOf(kind), namespace);
    return kind.group === '' && kind.resource === 'pods'
      ? objects.map((pod) => (isOver(pod) ? { ...pod, status: { phase: 'Failed' } } : pod))
      : objects;
  };
  for (const quota of store.list(quotas, namespace)) {
    const hard = asObject(dig(quota, 'spec', 'hard'));
    const used = Object.fromEntries([...usedOfQuota(quota, list)].map(([name, amount]) => [name, shownAmount(amount)]));
    if (sameJson(quota.status, { hard, used })) continue;
    store.put(quotas, namespace, asString(dig(quota, 'metadata', 'name')) ?? '', { ...quota, status: { hard, used } });
  }
}

/** Events are never counted, and of all else what is in namespaces and can be deleted. */
function isCounted(world: World, { group, resource }: GroupResource): boolean {
  return resource !== 'events' && deletable(world).namespaced.some((each) => each.group === group && each.resource === resource);
}

/** A pod counts no more when its grace is over twice: nobody may be there to say that it has ended. */
function isOver(pod: JsonObject): boolean {
  const until = Date.parse(asString(dig(pod, 'metadata', 'deletionTimestamp')) ?? '');
  const grace = asNumber(dig(pod, 'metadata', 'deletionGracePeriodSeconds'));
  return !Number.isNaN(until) && grace !== undefined && Date.now() > until + grace * 1000;
}

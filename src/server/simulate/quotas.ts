// The status of quotas, which the quota controller keeps and admission reads: what is allowed, and what is used of it (k8s.io/apiserver
// pkg/quota/v1 and the evaluators of 1.36). Quotas with scopes are left without a status, and so limit nothing here.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asNumber, asObject, asString, dig, type JsonObject, sameJson } from '../../lib/json.ts';
import { addInto, amountsIn, count, podAmountsWithOverhead, shownAmount } from '../../request/admission/amounts.ts';
import { storageOf } from '../../request/read/storage.ts';
import type { GroupResource } from '../../request/store/state.ts';
import type { Store } from '../../request/store/store.ts';

const quotas: GroupResource = { group: '', resource: 'resourcequotas' };
const plain = new Set(['configmaps', 'secrets', 'services', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas']);

/** Brings the quotas of a namespace up to what is in it. */
export function countQuotas(store: Store, namespace: string): void {
  for (const quota of store.list(quotas, namespace)) {
    if (dig(quota, 'spec', 'scopes') !== undefined || dig(quota, 'spec', 'scopeSelector') !== undefined) continue;
    const hard = asObject(dig(quota, 'spec', 'hard'));
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, shownAmount(usedOf(store, namespace, name))]));
    if (sameJson(quota.status, { hard, used })) continue;
    store.put(quotas, namespace, asString(dig(quota, 'metadata', 'name')) ?? '', { ...quota, status: { hard, used } });
  }
}

function usedOf(store: Store, namespace: string, name: string) {
  const list = (resource: GroupResource) => store.list(storageOf(resource), namespace);
  const core = (resource: string) => list({ group: '', resource });
  if (name.startsWith('count/')) {
    const [resource = '', ...group] = name.slice('count/'.length).split('.');
    return count(list({ group: group.join('.'), resource }).length);
  }
  if (name === 'pods') return count(core('pods').filter(isAlive).length);
  if (plain.has(name)) return count(core(name).length);
  if (name === 'services.loadbalancers')
    return count(core('services').filter((each) => dig(each, 'spec', 'type') === 'LoadBalancer').length);
  if (name === 'services.nodeports') {
    const types = core('services').filter((each) => ['NodePort', 'LoadBalancer'].includes(String(dig(each, 'spec', 'type'))));
    return count(types.length);
  }
  const sum = new Map([[name, count(0)]]);
  const wanted = name.replace(/^requests\.|^limits\./, '');
  const part = name.startsWith('limits.') ? 'limits' : 'requests';
  const amounts =
    name === 'requests.storage'
      ? core('persistentvolumeclaims').map((claim) => amountsIn(asObject(dig(claim, 'spec', 'resources', 'requests')) as unknown as Struct))
      : core('pods')
          .filter(isAlive)
          .map((pod) => podAmountsWithOverhead(pod as unknown as Struct, part));
  for (const each of amounts) {
    const amount = each.get(wanted);
    if (amount !== undefined) addInto(sum, new Map([[name, amount]]));
  }
  return sum.get(name) ?? count(0);
}

/** A pod counts until it has ended, or its grace is over twice: nobody may be there to say that it has. */
function isAlive(pod: JsonObject): boolean {
  const phase = dig(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return false;
  const until = Date.parse(asString(dig(pod, 'metadata', 'deletionTimestamp')) ?? '');
  const grace = asNumber(dig(pod, 'metadata', 'deletionGracePeriodSeconds'));
  return Number.isNaN(until) || grace === undefined || Date.now() <= until + grace * 1000;
}

// Aggregated ClusterRoles, put together as their controller does (pkg/controller/clusterroleaggregation, 1.36): the rules of every role that a
// selector finds, in the order of names, each once. Without it `admin`, `edit` and `view` of a new cluster would grant nothing.

import { selects } from '../../kube/label-selector.ts';
import { asList, asString, dig, type Json, type JsonObject, sameJson, stringMap } from '../../lib/json.ts';
import type { World } from './world.ts';

const clusterRoles = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' };
/** Roles that are put together of each other settle in as many rounds as they are deep. */
const mostRounds = 10;

/** Brings all aggregated roles up to date; roles that are right already are left alone. */
export function aggregateRoles({ store }: World): void {
  for (let round = 0, isChanged = true; isChanged && round < mostRounds; round++) {
    isChanged = false;
    const all = [...store.list(clusterRoles)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    for (const role of all) {
      const selectors = asList(dig(role, 'aggregationRule', 'clusterRoleSelectors'));
      if (role.aggregationRule === undefined || role.aggregationRule === null) continue;
      const rules: Json[] = [];
      for (const selector of selectors)
        for (const part of all) {
          if (nameOf(part) === nameOf(role) || !selects(selector, stringMap(dig(part, 'metadata', 'labels')))) continue;
          for (const rule of asList(part.rules)) if (!rules.some((each) => sameJson(each, rule))) rules.push(rule);
        }
      if (sameJson(rules, asList(role.rules))) continue;
      store.put(clusterRoles, '', nameOf(role), { ...role, rules: rules.length === 0 ? null : rules });
      isChanged = true;
    }
  }
}

function nameOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'name')) ?? '';
}

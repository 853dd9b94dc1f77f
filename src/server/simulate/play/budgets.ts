// Disruption budgets, played: how many pods there are, how many must stay, how many may go (pkg/controller/disruption, 1.36). The pods that are
// expected are as many as Deployments, ReplicaSets and StatefulSets ask for; other owners are not asked.

import { selects } from '../../../kube/label-selector.ts';
import { asList, asString, dig, field, type Json, type JsonObject, stringMap } from '../../../lib/json.ts';
import { timestamp } from '../world.ts';
import { isGoing, isReady, keep, pods, replicaSets, type Stage, wantedOf } from './stage.ts';

const budgets = { group: 'policy', resource: 'poddisruptionbudgets' };

export function playBudget(stage: Stage, budget: JsonObject): void {
  const found = stage.world.store
    .list(pods, stage.namespace)
    .filter((pod) => selects(dig(budget, 'spec', 'selector'), stringMap(dig(pod, 'metadata', 'labels'))));
  const [least, most] = [dig(budget, 'spec', 'minAvailable'), dig(budget, 'spec', 'maxUnavailable')];
  const expected = typeof least === 'number' ? found.length : wantedInAll(stage, found);
  const desired = least === undefined ? Math.max(0, expected - share(most, expected)) : share(least, expected);
  const healthy = found.filter((pod) => !isGoing(pod) && isReady(pod)).length;
  const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
  const observedGeneration = dig(budget, 'metadata', 'generation') ?? 1;
  const status = allowed > 0 ? 'True' : 'False';
  const before = asList(dig(budget, 'status', 'conditions')).find((each) => field(each, 'type') === 'DisruptionAllowed');
  const since = field(before, 'status') === status ? asString(field(before, 'lastTransitionTime')) : undefined;
  keep(stage, budgets, budget, {
    observedGeneration,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status,
        observedGeneration,
        lastTransitionTime: since ?? timestamp(),
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
  });
}

/** A number, or a share of all, rounded up. */
function share(given: Json | undefined, total: number): number {
  if (typeof given === 'number') return given;
  const percent = /^([0-9]+)%$/.exec(typeof given === 'string' ? given : '')?.[1];
  return percent === undefined ? 0 : Math.ceil((total * Number(percent)) / 100);
}

/** What the owners of these pods ask for, each owner once. */
function wantedInAll(stage: Stage, found: readonly JsonObject[]): number {
  const owners = new Map<string, number>();
  for (const pod of found) {
    const owner = controllerOf(stage, pod);
    const above = owner?.kind === 'ReplicaSet' ? (controllerOf(stage, owner) ?? owner) : owner;
    if (above !== undefined) owners.set(asString(dig(above, 'metadata', 'uid')) ?? '', wantedOf(above));
  }
  return [...owners.values()].reduce((sum, each) => sum + each, 0);
}

function controllerOf({ world, namespace }: Stage, object: JsonObject): JsonObject | undefined {
  const reference = asList(dig(object, 'metadata', 'ownerReferences')).find((each) => field(each, 'controller') === true);
  const kind = asString(field(reference, 'kind')) ?? '';
  const resource = {
    ReplicaSet: replicaSets,
    Deployment: { group: 'apps', resource: 'deployments' },
    StatefulSet: { group: 'apps', resource: 'statefulsets' },
  }[kind];
  return resource === undefined ? undefined : world.store.get(resource, namespace, asString(field(reference, 'name')) ?? '');
}

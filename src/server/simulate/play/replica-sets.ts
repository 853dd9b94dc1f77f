// ReplicaSets, played: as many pods as are wanted, and what is said of them.

import { asList, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { condition, counts, dropPod, isReady, keep, makePod, nameOf, ownedBy, pods, replicaSets, type Stage, wantedOf } from './stage.ts';

export function playReplicaSet(stage: Stage, set: JsonObject): void {
  const { store } = stage.world;
  const wanted = wantedOf(set);
  let why: string | undefined;
  for (let missing = wanted - ownedBy(stage, pods, set).length; missing > 0 && why === undefined; missing--)
    why = makePod(stage, 'replicaset-controller', set, { generateName: `${nameOf(set)}-` });
  for (const extra of ownedBy(stage, pods, set).slice(wanted)) dropPod(stage, 'replicaset-controller', set, extra);
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  const conditions = conditionsOf(set, why);
  keep(stage, replicaSets, store.get(replicaSets, stage.namespace, nameOf(set)) ?? set, {
    replicas: found.length,
    ...counts({ fullyLabeledReplicas: found.length, readyReplicas: ready, availableReplicas: ready }),
    terminatingReplicas: 0,
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    ...(conditions.length === 0 ? {} : { conditions }),
  });
}

/** A failure is told in the words of its first time, until there is none. */
function conditionsOf(set: JsonObject, why: string | undefined): readonly Json[] {
  const before = asList(dig(set, 'status', 'conditions'));
  const others = before.filter((each) => field(each, 'type') !== 'ReplicaFailure');
  if (why === undefined) return others;
  if (others.length < before.length) return before;
  return [...others, condition(set, 'ReplicaFailure', true, 'FailedCreate', why, false)];
}

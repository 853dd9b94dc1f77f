// ReplicaSets, played: as many pods as are wanted, and what is said of them.

import { dig, type JsonObject } from '../../../lib/json.ts';
import { counts, dropPod, isReady, keep, makePod, nameOf, ownedBy, pods, replicaSets, type Stage, wantedOf } from './stage.ts';

export function playReplicaSet(stage: Stage, set: JsonObject): void {
  const { store } = stage.world;
  const wanted = wantedOf(set);
  for (let missing = wanted - ownedBy(stage, pods, set).length; missing > 0; missing--)
    if (!makePod(stage, 'replicaset-controller', set, { generateName: `${nameOf(set)}-` })) break;
  for (const extra of ownedBy(stage, pods, set).slice(wanted)) dropPod(stage, 'replicaset-controller', set, extra);
  const found = ownedBy(stage, pods, set);
  const ready = found.filter(isReady).length;
  keep(stage, replicaSets, store.get(replicaSets, stage.namespace, nameOf(set)) ?? set, {
    replicas: found.length,
    ...counts({ fullyLabeledReplicas: found.length, readyReplicas: ready, availableReplicas: ready }),
    terminatingReplicas: 0,
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
  });
}

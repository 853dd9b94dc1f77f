// ReplicaSets and ReplicationControllers, played: as many pods as are wanted, those that are there already included, and what is said of them
// (pkg/controller/replicaset, 1.36). Of pods that are too many those go first that are worth least.

import { nameOf } from '../../../kube/metadata.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { bounded, tooMany } from './bursts.ts';
import {
  claimOwned,
  condition,
  conditionOf,
  counts,
  dropPod,
  isAvailable,
  isReady,
  keep,
  makePod,
  minReadySeconds,
  ownedBy,
  pods,
  replicaSets,
  type Stage,
  timeOf,
  wantedOf,
} from './stage.ts';

export const replicationControllers = { group: '', resource: 'replicationcontrollers' };

const hasEnded = (pod: JsonObject) => ['Succeeded', 'Failed'].includes(asString(dig(pod, 'status', 'phase')) ?? '');

export function playReplicaSet(stage: Stage, set: JsonObject): void {
  const isOlder = set.kind === 'ReplicationController';
  const controller = isOlder ? 'replication-controller' : 'replicaset-controller';
  const resource = isOlder ? replicationControllers : replicaSets;
  claimOwned(stage, pods, set, (pod) => !hasEnded(pod));
  const wanted = wantedOf(set);
  const most = bounded(stage.recorder, controller, set, wanted);
  const living = () => ownedBy(stage, pods, set).filter((pod) => !hasEnded(pod));
  let why: string | undefined;
  for (let missing = most - living().length; missing > 0 && why === undefined && stage.burst.take(); missing--)
    why = makePod(stage, controller, set, { generateName: `${nameOf(set)}-` });
  const found = living();
  if (found.length > wanted)
    for (const extra of ranked(stage, found).slice(0, found.length - wanted)) {
      if (!stage.burst.take()) break;
      dropPod(stage, controller, set, extra);
    }
  report(stage, resource, set, living(), why ?? (most < wanted ? tooMany(set) : undefined));
}

/** The worst first: on no node, waiting, not ready, cheap to delete, on a crowded node, ready a short time, new. */
function ranked({ world }: Stage, found: readonly JsonObject[]): readonly JsonObject[] {
  const nodeOf = (pod: JsonObject) => asString(dig(pod, 'spec', 'nodeName')) ?? '';
  const crowd = new Map<string, number>();
  for (const pod of found) crowd.set(nodeOf(pod), (crowd.get(nodeOf(pod)) ?? 0) + 1);
  const cost = (pod: JsonObject) => Number(dig(pod, 'metadata', 'annotations', 'controller.kubernetes.io/pod-deletion-cost') ?? 0) || 0;
  // Times that are long past count as the same: their logarithm is compared.
  const age = (time: number | undefined) => (time === undefined ? 0 : Math.floor(Math.log2(Math.max(1, world.clock.now() - time))));
  const worth = (pod: JsonObject): readonly number[] => [
    nodeOf(pod) === '' ? 0 : 1,
    dig(pod, 'status', 'phase') === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    cost(pod),
    -(crowd.get(nodeOf(pod)) ?? 0),
    isReady(pod) ? age(timeOf(field(conditionOf(pod, 'Ready'), 'lastTransitionTime'))) : 0,
    age(timeOf(dig(pod, 'metadata', 'creationTimestamp'))),
  ];
  return found
    .map((pod) => ({ pod, worth: worth(pod) }))
    .sort((a, b) => {
      const at = a.worth.findIndex((each, index) => each !== b.worth[index]);
      return at < 0 ? (nameOf(a.pod) < nameOf(b.pod) ? 1 : -1) : (a.worth[at] ?? 0) - (b.worth[at] ?? 0);
    })
    .map(({ pod }) => pod);
}

function report(stage: Stage, resource: typeof replicaSets, set: JsonObject, found: readonly JsonObject[], why: string | undefined): void {
  const { store } = stage.world;
  const ready = found.filter(isReady).length;
  const available = found.filter((pod) => isAvailable(stage, pod, minReadySeconds(set))).length;
  const labels = Object.entries((dig(set, 'spec', 'template', 'metadata', 'labels') ?? {}) as JsonObject);
  const isLabeled = (pod: JsonObject) => labels.every(([key, value]) => dig(pod, 'metadata', 'labels', key) === value);
  const conditions = conditionsOf(stage, set, why);
  keep(stage, resource, store.get(resource, stage.namespace, nameOf(set)) ?? set, {
    replicas: found.length,
    ...counts({ fullyLabeledReplicas: found.filter(isLabeled).length, readyReplicas: ready, availableReplicas: available }),
    ...(resource === replicaSets ? { terminatingReplicas: 0 } : {}),
    observedGeneration: dig(set, 'metadata', 'generation') ?? 1,
    ...(conditions.length === 0 ? {} : { conditions }),
  });
}

/** A failure is told in the words of its first time, until there is none. */
function conditionsOf(stage: Stage, set: JsonObject, why: string | undefined): readonly Json[] {
  const before = asList(dig(set, 'status', 'conditions'));
  const others = before.filter((each) => field(each, 'type') !== 'ReplicaFailure');
  if (why === undefined) return others;
  if (others.length < before.length) return before;
  return [...others, condition(stage.world, set, 'ReplicaFailure', true, 'FailedCreate', why, false)];
}

// Preemption, played: pods that go for one of higher priority are told why and deleted, and the node is kept for it
// (pkg/scheduler/framework/preemption/executor.go, 1.36).

import { isGoing, uidOf } from '../../../kube/metadata.ts';
import { asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import type { Candidate } from '../../../request/scheduling/preemption.ts';
import { write } from '../../../request/write/write.ts';
import { put } from '../chores/objects.ts';
import { pods, type Stage, withCondition } from './stage.ts';

/** Deletes the pods that go for another; those that are going already are left alone. */
export function preemptFor(stage: Stage, pod: JsonObject, { node, pods: victims }: Candidate): void {
  const { world, recorder } = stage;
  const scheduler = asString(dig(pod, 'spec', 'schedulerName')) ?? 'default-scheduler';
  for (const victim of victims) {
    const [namespace = '', name = ''] = victim.split('/');
    const found = world.store.get(pods, namespace, name);
    if (found === undefined || isGoing(found)) continue;
    const message = `${scheduler}: preempting to accommodate a higher priority pod`;
    const told = { ...found, status: withCondition(stage, found, 'DisruptionTarget', 'PreemptionByScheduler', message) };
    put(world, pods, told);
    const request = {
      method: 'DELETE',
      path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      query: {},
      user: { name: 'system:kube-scheduler', groups: ['system:authenticated'] },
      userAgent: 'kube-scheduler/v1.36.3',
    };
    write(request, world.writing());
    recorder.schedule(told, 'Normal', 'Preempted', `Preempted by pod ${uidOf(pod)} on node ${node}`);
  }
}

/** The pod with the node that is kept for it. */
export function nominated(pod: JsonObject, { node }: Candidate): JsonObject {
  return { ...pod, status: { ...asObject(pod.status), nominatedNodeName: node } };
}

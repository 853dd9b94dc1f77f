// Workloads with fewer ready pods than they ask for, by their own status (apps/v1). During a rollout that is so for a while: what a Deployment
// itself calls progressing is given time.

import { asList, asNumber, dig, field } from '../../lib/json.ts';
import { control, fail, type Outcome, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { uid } from './examples.ts';
import { byStatus } from './status.ts';

export const unavailable = control({
  id: 'reliability/unavailable',
  aliases: ['POP-501', 'POP-1120'],
  severity: 'medium',
  title: 'Workloads have the ready pods they ask for',
  why: 'The rest carries the load until it fails too.',
  fix: 'Look at the pods that are not ready and at their events.',
  frameworks: [],
  on: objects('apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet'),
  check: ({ resource, object }) =>
    byStatus(resource, (status): readonly Outcome[] => {
      const isDaemon = resource.kind === 'DaemonSet';
      const wanted = asNumber(isDaemon ? status.desiredNumberScheduled : dig(object, 'spec', 'replicas')) ?? (isDaemon ? 0 : 1);
      const ready = asNumber(isDaemon ? status.numberReady : status.readyReplicas) ?? 0;
      const rolling = asList(status.conditions).some(
        (item) =>
          field(item, 'type') === 'Progressing' && field(item, 'status') === 'True' && field(item, 'reason') !== 'NewReplicaSetAvailable',
      );
      return ready >= wanted || rolling ? [] : [fail('/status', 'not-ready', `${ready} of ${wanted} pods are ready`)];
    }),
  examples: {
    pass: () => [cluster(live(3))],
    fail: () => [cluster(live(1))],
  },
});

function live(readyReplicas: number) {
  const object = deployment();
  return { ...object, metadata: { ...object.metadata, uid }, status: { replicas: 3, readyReplicas } };
}

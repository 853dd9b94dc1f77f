// Pods that no node takes, and pods that failed: phase and conditions of the status (core/v1). A pod that was made a moment ago is given time.

import { asList, asNumber, asString, field } from '../../lib/json.ts';
import { control, fail, type Outcome, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { ownedPod } from './examples.ts';
import { byStatus } from './status.ts';

export const podPending = control({
  id: 'reliability/pod-pending',
  aliases: ['POP-207'],
  severity: 'medium',
  title: 'Pods find a node and do not fail',
  why: 'The workload runs with fewer pods than it should, or with none.',
  fix: 'Read its events with `kubectl describe pod`: free room, change requests or selectors, or repair what it waits for.',
  frameworks: [],
  parameters: { minutes: 5 },
  on: objects('/Pod'),
  check: ({ resource, object }, { now, parameters }) =>
    byStatus(resource, (status): readonly Outcome[] => {
      if (status.phase === 'Failed')
        return [fail('/status/phase', 'failed', `the pod failed: ${asString(status.reason) ?? 'no reason given'}`)];
      if (status.phase === 'Unknown') return [fail('/status/phase', 'unknown', 'the node of the pod does not answer')];
      if (status.phase !== 'Pending') return [];
      const conditions = asList(status.conditions);
      const index = conditions.findIndex((item) => field(item, 'type') === 'PodScheduled' && field(item, 'status') === 'False');
      const since = Date.parse(
        asString(field(conditions[index], 'lastTransitionTime') ?? field(object.metadata, 'creationTimestamp')) ?? '',
      );
      if (now - since < (asNumber(parameters.minutes) ?? 5) * 60_000) return [];
      return index < 0
        ? [fail('/status/phase', 'pending', 'the pod does not start')]
        : [fail(`/status/conditions/${index}`, 'unschedulable', 'no node takes the pod')];
    }),
  examples: {
    pass: () => [cluster(ownedPod({ phase: 'Running' }))],
    fail: () => [
      cluster(ownedPod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] })),
      cluster(ownedPod({ phase: 'Failed', reason: 'Evicted' })),
    ],
  },
});

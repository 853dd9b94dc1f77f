// Logs, emptyDir volumes and written layers fill the node's disk. With a request the scheduler leaves room, with a limit the pod is evicted
// before the node stops. Pod-level resources know no storage.

import { control, pods } from '../control.ts';
import { sized, unfilled, unfilledInit, without } from './examples.ts';
import { missing } from './settings.ts';

const name = 'ephemeral-storage';

export const ephemeralStorage = control({
  id: 'resources/ephemeral-storage',
  aliases: ['container-ephemeral-storage-request-and-limit'],
  severity: 'low',
  title: 'Containers state and limit the disk they use',
  why: 'A container that logs without end fills the disk of its node, and every pod there is evicted.',
  fix: 'Set `ephemeral-storage` under requests and limits, or give the namespace a LimitRange with defaults for it.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a', 'attack:T1499', 'matrix:MS-TA9040'],
  on: pods,
  check: (subject, { snapshot }) => {
    const requests = missing(subject, snapshot, 'requests', name);
    const limits = missing(subject, snapshot, 'limits', name);
    const unlimited = new Set(limits.map(({ container }) => container));
    const unrequested = new Set(requests.map(({ container }) => container));
    return [
      ...limits.map((outcome) =>
        unrequested.has(outcome.container)
          ? {
              ...outcome,
              reason: 'missing-both',
              detail: `container "${outcome.container}" has neither a request nor a limit of ephemeral storage`,
            }
          : outcome,
      ),
      ...requests.filter(({ container }) => !unlimited.has(container)),
    ];
  },
  examples: {
    pass: () => [sized({}), sized({ limits: without(name), requests: without(name) })],
    fail: () => [
      unfilled({ limits: without(name) }),
      unfilled({ requests: without(name) }),
      unfilledInit({ limits: without(name), requests: without(name) }),
    ],
  },
  overlaps: ['namespace/limit-range'],
});

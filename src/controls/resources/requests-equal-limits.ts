// Pods whose containers all ask for exactly what they may use are of class Guaranteed: killed last, and CPU manager can give them whole cores.
// Off by default: it trades the use of idle resources for steadiness. A limit without a request counts as equal, as in the API.

import { dig } from '../../lib/json.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { sized, without } from './examples.ts';
import { compared } from './range.ts';

const names = ['cpu', 'memory', 'ephemeral-storage'] as const;

export const requestsEqualLimits = control({
  id: 'resources/requests-equal-limits',
  aliases: [
    'container-resource-requests-equal-limits',
    'container-cpu-requests-equal-limits',
    'container-memory-requests-equal-limits',
    'container-ephemeral-storage-request-equals-limit',
  ],
  severity: 'low',
  title: 'Containers request exactly what they are limited to',
  why: 'What a container uses beyond its request is taken back under pressure: CPU is throttled away, and the pod is evicted before others.',
  fix: 'Set requests and limits to the same numbers for workloads that must stay steady.',
  frameworks: ['nsa:resource-policies'],
  enabled: false,
  on: pods,
  check: ({ containers }): readonly Outcome[] =>
    containers
      .filter(({ role }) => role !== 'ephemeral')
      .flatMap((container) =>
        names.flatMap((name) => {
          const request = dig(container.spec, 'resources', 'requests', name);
          const limit = dig(container.spec, 'resources', 'limits', name);
          if (request === undefined || (limit !== undefined && compared(request, limit) === 0)) return [];
          const text = limit === undefined ? `requests ${name} without a limit` : `requests other ${name} than its limit`;
          return [
            fail(container.at(`/resources/requests/${name}`), 'unequal', `container "${container.name}" ${text}`, {
              container: container.name,
            }),
          ];
        }),
      ),
  examples: {
    pass: () => [sized({})],
    fail: () => [sized({ requests: { ...without('cpu'), cpu: '50m' } })],
  },
});

// Requests and limits of memory within bounds the user sets, and requests not above their limit. Quantities are compared by value: `1Gi` is
// `1024Mi`. A bound that is not set asks nothing.

import { control, pods } from '../control.ts';
import { sized } from './examples.ts';
import { outside } from './range.ts';

export const memoryRange = control({
  id: 'resources/memory-range',
  aliases: ['C-0004', 'LimitsMemoryExceeded'],
  severity: 'low',
  title: 'Requests and limits of memory lie in the range allowed here',
  why: 'A limit far above what the program needs hides a leak until the node is out of memory, and the API server refuses a request above its limit.',
  fix: 'Bring the number into the range, or widen the range in the parameters of this control.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a'],
  parameters: { requestMin: '', requestMax: '', limitMin: '', limitMax: '' },
  on: pods,
  check: (subject, { parameters }) => outside(subject, parameters, 'memory'),
  examples: {
    parameters: { limitMax: '4Gi' },
    pass: () => [sized({})],
    fail: () => [
      sized({ requests: { memory: '256Mi', 'ephemeral-storage': '64Mi', cpu: '100m' } }),
      sized({ limits: { memory: '64Gi', 'ephemeral-storage': '64Mi', cpu: '100m' } }),
    ],
  },
});

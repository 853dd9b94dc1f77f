// Requests and limits of CPU within bounds the user sets, and requests not above their limit. Quantities are compared by value: `1Gi` is
// `1024Mi`. A bound that is not set asks nothing.

import { control, pods } from '../control.ts';
import { sized } from './examples.ts';
import { outside } from './range.ts';

export const cpuRange = control({
  id: 'resources/cpu-range',
  aliases: ['C-0050', 'LimitsCPUExceeded'],
  severity: 'low',
  title: 'Requests and limits of CPU lie in the range allowed here',
  why: 'A limit far above what the program needs lets it crowd out its neighbours, and the API server refuses a request above its limit.',
  fix: 'Bring the number into the range, or widen the range in the parameters of this control.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a'],
  parameters: { requestMin: '', requestMax: '', limitMin: '', limitMax: '' },
  on: pods,
  check: (subject, { parameters }) => outside(subject, parameters, 'cpu'),
  examples: {
    parameters: { limitMax: '4' },
    pass: () => [sized({})],
    fail: () => [
      sized({ requests: { cpu: '200m', 'ephemeral-storage': '64Mi', memory: '128Mi' } }),
      sized({ limits: { cpu: '8', 'ephemeral-storage': '64Mi', memory: '128Mi' } }),
    ],
  },
});

// A runaway or hijacked container takes what it gets. Contested: a limit also throttles bursts that nobody else would have missed, so low.

import { control, pods } from '../control.ts';
import { sized, unfilled, unfilledInit, without } from './examples.ts';
import { missing } from './settings.ts';

export const cpuLimits = control({
  id: 'resources/cpu-limits',
  aliases: [
    'C-0270',
    'C-0050',
    'C-0009',
    'KSV-0011',
    'CKV_K8S_11',
    'cpuLimitsMissing',
    'container-resources',
    'LimitsCPU',
    'LimitsCPUNotSet',
    'LimitsNotSet',
    'POP-106',
    'POP-107',
  ],
  severity: 'low',
  title: 'Containers have a CPU limit',
  why: 'A container that is hijacked for mining, or loops, takes every idle cycle of its node.',
  fix: 'Set `resources.limits.cpu`, or give the namespace a LimitRange with a default; where throttling hurts, switch this control off and keep requests.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a', 'attack:T1496', 'matrix:MS-TA9039'],
  on: pods,
  check: (subject, { snapshot }) => missing(subject, snapshot, 'limits', 'cpu'),
  examples: {
    pass: () => [sized({}), sized({ limits: without('cpu') })],
    fail: () => [unfilled({ limits: without('cpu') }), unfilledInit({ limits: without('cpu') })],
  },
  overlaps: ['namespace/limit-range'],
});

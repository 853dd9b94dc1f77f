// Memory cannot be throttled: without a limit a leak ends when the node does. core/v1 ResourceRequirements, LimitRange, pod-level resources.

import { control, pods } from '../control.ts';
import { sized, unfilled, unfilledInit, without } from './examples.ts';
import { missing } from './settings.ts';

export const memoryLimits = control({
  id: 'resources/memory-limits',
  aliases: [
    'C-0271',
    'C-0004',
    'C-0009',
    'KSV-0018',
    'CKV_K8S_13',
    'memoryLimitsMissing',
    'unset-memory-requirements',
    'container-resources',
    'LimitsMemory',
    'LimitsMemoryNotSet',
    'LimitsNotSet',
    'POP-106',
    'POP-107',
  ],
  severity: 'medium',
  title: 'Containers have a memory limit',
  why: 'One leaking container can use up the memory of its node and take all its neighbours down.',
  fix: 'Set `resources.limits.memory`, equal to the request where the container must not be killed, or give the namespace a LimitRange.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a', 'attack:T1499', 'matrix:MS-TA9040'],
  on: pods,
  check: (subject, { snapshot }) => missing(subject, snapshot, 'limits', 'memory'),
  examples: {
    pass: () => [sized({}), sized({ limits: without('memory') })],
    fail: () => [unfilled({ limits: without('memory') }), unfilledInit({ limits: without('memory') })],
  },
  overlaps: ['namespace/limit-range'],
});

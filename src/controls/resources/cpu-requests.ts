// Without a request the scheduler counts the container as nothing, and under contention it gets the least CPU of all. core/v1 ResourceRequirements,
// LimitRange, pod-level resources.

import { control, pods } from '../control.ts';
import { fieldAt, setField } from '../repair.ts';
import { sized, unfilled, unfilledInit, without } from './examples.ts';
import { missing } from './settings.ts';

export const cpuRequests = control({
  id: 'resources/cpu-requests',
  aliases: [
    'C-0268',
    'C-0050',
    'KSV-0015',
    'CKV_K8S_10',
    'cpuRequestsMissing',
    'unset-cpu-requirements',
    'container-resources',
    'RequestsCPU',
    'POP-106',
  ],
  severity: 'low',
  title: 'Containers state the CPU they need',
  why: 'The scheduler places a pod without requests as if it needed nothing: nodes fill up, and under load it gets the smallest share.',
  fix: 'Set `resources.requests.cpu` to what the container uses on an ordinary day.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a', 'attack:T1499', 'matrix:MS-TA9040'],
  on: pods,
  check: (subject, { snapshot }) => missing(subject, snapshot, 'requests', 'cpu'),
  // The API server takes the limit for a missing request; writing it down changes nothing else.
  repair: ({ path }, object) => {
    const limit = fieldAt(object, path.replace(/\/requests\/([^/]+)$/, '/limits/$1'));
    return limit === undefined ? undefined : setField(object, path, limit);
  },
  examples: {
    pass: () => [sized({}), sized({ requests: without('cpu') })],
    fail: () => [unfilled({ requests: without('cpu') }), unfilledInit({ requests: without('cpu') })],
  },
  overlaps: ['namespace/limit-range'],
});

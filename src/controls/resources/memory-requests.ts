// Without a request the pod is placed anywhere and evicted first. core/v1 ResourceRequirements, LimitRange, pod-level resources.

import { control, pods } from '../control.ts';
import { fieldAt, setField } from '../repair.ts';
import { sized, unfilled, unfilledInit, without } from './examples.ts';
import { missing } from './settings.ts';

export const memoryRequests = control({
  id: 'resources/memory-requests',
  aliases: ['C-0269', 'C-0004', 'KSV-0016', 'CKV_K8S_12', 'memoryRequestsMissing', 'container-resources', 'RequestsMemory', 'POP-106'],
  severity: 'medium',
  title: 'Containers state the memory they need',
  why: 'A pod without a memory request is placed on nodes that have no room for it, and is the first to be killed when memory runs out.',
  fix: 'Set `resources.requests.memory` to what the container uses on an ordinary day.',
  frameworks: ['nsa:resource-policies', 'pci:11.1.a', 'attack:T1499', 'matrix:MS-TA9040'],
  on: pods,
  check: (subject, { snapshot }) => missing(subject, snapshot, 'requests', 'memory'),
  // The API server takes the limit for a missing request; writing it down changes nothing else.
  repair: ({ path }, object) => {
    const limit = fieldAt(object, path.replace(/\/requests\/([^/]+)$/, '/limits/$1'));
    return limit === undefined ? undefined : setField(object, path, limit);
  },
  examples: {
    pass: () => [sized({}), sized({ requests: without('memory') })],
    fail: () => [unfilled({ requests: without('memory') }), unfilledInit({ requests: without('memory') })],
  },
  overlaps: ['namespace/limit-range'],
});

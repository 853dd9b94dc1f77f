// Under pressure pods of lower priority make way, and all pods without a class are equal. Off by default: without classes that mean something
// in a cluster, naming one says nothing. A PriorityClass that is the global default counts.

import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';

export const priorityClassSet = control({
  id: 'reliability/priority-class-set',
  aliases: ['priorityClassNotSet', 'priority-class-name'],
  severity: 'low',
  title: 'Pods have a priority class',
  why: 'When nodes are full, a batch job may push out the shop, because nobody said which of them matters more.',
  fix: 'Name a PriorityClass that says how much the workload matters.',
  frameworks: [],
  enabled: false,
  on: pods,
  check: ({ pod }, { snapshot }) => {
    if (typeof pod.spec.priorityClassName === 'string' && pod.spec.priorityClassName !== '') return [];
    if (ofKind(snapshot, 'scheduling.k8s.io', 'PriorityClass').some(({ object }) => object.globalDefault === true)) return [];
    return [fail(pod.at('/priorityClassName'), 'missing', 'the pod has no priority class')];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [clusterWithout(['PriorityClass'], deployment({ pod: { priorityClassName: null } }))],
  },
});

// A budget whose selector meets no pod: a label was renamed, or the selector is empty in the old API version, where that means none. Said only
// where the input has pods in the namespace; elsewhere the pods may simply be in other files.

import { control, fail, objects, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { podsIn } from '../pods-in.ts';
import { covers } from './budgets.ts';
import { budget } from './examples.ts';

export const pdbSelectsNothing = control({
  id: 'reliability/pdb-selects-nothing',
  aliases: ['POP-900'],
  severity: 'low',
  title: 'Disruption budgets select pods',
  why: 'The pods that were meant are evicted as if there were no budget.',
  fix: "Make the selector equal to labels of the workload's pod template.",
  frameworks: [],
  on: objects('policy/PodDisruptionBudget'),
  check: ({ resource }, { snapshot }) => {
    const inNamespace = podsIn(snapshot, resource.namespace);
    if (inNamespace.length === 0)
      return [unknown('/spec/selector', 'no-pods', `no pods of namespace "${resource.namespace}" are in the input`)];
    const selected = inNamespace.some(({ pod }) => covers(resource, resource.namespace, pod.labels));
    return selected ? [] : [fail('/spec/selector', 'nothing', 'its selector meets no pod of the namespace')];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment({ spec: { replicas: 2 } }), {
        ...budget({ maxUnavailable: 1, selector: { matchLabels: { app: 'old-name' } } }),
        metadata: { name: 'old', namespace: 'shop' },
      }),
    ],
  },
});

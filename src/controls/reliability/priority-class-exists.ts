// A pod of an unknown priority class is refused at admission. Looked up among the classes of the input; without any there, nothing can be said.

import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail, pods, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const builtIn = new Set(['system-cluster-critical', 'system-node-critical']);

export const priorityClassExists = control({
  id: 'reliability/priority-class-exists',
  aliases: [],
  severity: 'medium',
  title: 'Priority classes that pods name exist',
  why: 'The API server refuses the pods, so that the workload stays at zero while its object looks fine.',
  fix: 'Create the PriorityClass, or name one that exists.',
  frameworks: [],
  on: pods,
  check: ({ pod }, { snapshot }) => {
    const name = pod.spec.priorityClassName;
    if (typeof name !== 'string' || name === '' || builtIn.has(name)) return [];
    const classes = ofKind(snapshot, 'scheduling.k8s.io', 'PriorityClass');
    if (classes.some((known) => known.name === name)) return [];
    if (classes.length === 0 && !snapshot.facts.live)
      return [unknown(pod.at('/priorityClassName'), 'no-classes', `the input has no priority classes to look "${name}" up in`)];
    return [fail(pod.at('/priorityClassName'), 'unknown-class', `there is no PriorityClass "${name}"`)];
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { priorityClassName: 'system-cluster-critical' } }))],
    fail: () => [cluster(deployment({ pod: { priorityClassName: 'gold' } }))],
  },
});

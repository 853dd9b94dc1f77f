// Draining a node evicts its pods at once; only a budget makes the drain wait until others have taken over. Asked of Deployments and
// StatefulSets with more than one pod: a budget for a single pod only blocks.

import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';
import { budgets, covers } from './budgets.ts';
import { runsSeveral, scaleOf } from './scale.ts';

export const pdbMissing = control({
  id: 'reliability/pdb-missing',
  aliases: ['missingPodDisruptionBudget', 'deployment-has-poddisruptionbudget', 'statefulset-has-poddisruptionbudget', 'POP-206'],
  severity: 'low',
  title: 'Workloads of several pods have a disruption budget',
  why: 'An upgrade of the nodes may take all pods of the workload down at the same time.',
  fix: 'Add a PodDisruptionBudget with `maxUnavailable: 1` that selects the pods.',
  frameworks: ['bsi:APP.4.4.A19'],
  on: objects('apps/Deployment', 'apps/StatefulSet', 'extensions/Deployment'),
  check: ({ resource }, { snapshot }) => {
    if (!runsSeveral(scaleOf(resource, snapshot))) return [notApplicable('single', 'a single pod needs no budget')];
    const covered = resource.pods.every((pod) => budgets(snapshot).some((budget) => covers(budget, resource.namespace, pod.labels)));
    return covered ? [] : [fail('/metadata/name', 'no-budget', `no PodDisruptionBudget selects the pods of "${resource.name}"`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [clusterWithout(['PodDisruptionBudget'], deployment())],
  },
});

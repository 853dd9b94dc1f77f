// By default a budget protects pods that are not ready too: a workload that is broken anyway then blocks the drain of its nodes (KEP-3017,
// on by default from 1.27).

import { compareReleases } from '../../kube/version/version.ts';
import { dig } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { budget } from './examples.ts';

export const pdbUnhealthyPods = control({
  id: 'reliability/pdb-unhealthy-pods',
  aliases: ['pdb-unhealthy-pod-eviction-policy'],
  severity: 'low',
  title: 'Disruption budgets let pods go that are not ready',
  why: 'Pods in a crash loop count as protected, and a node with one of them cannot be drained until somebody steps in.',
  fix: 'Set `unhealthyPodEvictionPolicy: AlwaysAllow`.',
  frameworks: [],
  on: objects('policy/PodDisruptionBudget'),
  check: ({ object }, { snapshot }) => {
    if (compareReleases(snapshot.facts.kubernetesVersion, '1.27') < 0)
      return [notApplicable('before-1.27', 'this version of Kubernetes has no such field')];
    return (dig(object, 'spec', 'unhealthyPodEvictionPolicy') ?? null) === null
      ? [fail('/spec/unhealthyPodEvictionPolicy', 'default', 'pods that are not ready count as protected')]
      : [];
  },
  repair: ({ path }, object) => setField(object, path, 'AlwaysAllow'),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment(), budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: null }))],
  },
});

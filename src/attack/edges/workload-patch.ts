// Edge workload-patch. Changes workloads.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { newPod } from '../gains.ts';

export const workloadPatch = byRights({
  id: 'workload-patch',
  title: 'Changes workloads',
  gains: 'service accounts of the namespace, and nodes',
  technique: { attack: 'T1610', matrix: 'New container' },
  fix: 'name the workloads in resourceNames, or let a pipeline change them',
  cost: 1,
  ways: [
    {
      needs: [
        'update,patch deployments.apps | update,patch daemonsets.apps | update,patch statefulsets.apps | update,patch replicasets.apps | update,patch replicationcontrollers | update,patch cronjobs.batch',
      ],
      gain: (scene, scope) => newPod(scene, scope),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch deployments.apps']) },
});

// Edge workload-create. Whoever makes a Deployment, Job or the like makes its pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { newPod } from '../gains.ts';

export const workloadCreate = byRights({
  id: 'workload-create',
  title: 'Makes workloads',
  gains: 'service accounts of the namespace, and nodes',
  technique: { attack: 'T1610', matrix: 'New container' },
  fix: 'enforce the Pod Security level baseline; keep strong accounts out of the namespace',
  cost: 1,
  ways: [
    {
      needs: [
        'create deployments.apps | create daemonsets.apps | create statefulsets.apps | create replicasets.apps | create replicationcontrollers | create jobs.batch | create cronjobs.batch',
      ],
      gain: (scene, scope) => newPod(scene, scope),
    },
  ],
  example: { objects: holding(['create deployments.apps']) },
});

// Edge pv-hostpath. Pod Security does not see through a claim to the volume behind it.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { anyNode } from '../gains.ts';

export const pvHostpath = byRights({
  id: 'pv-hostpath',
  title: 'Mounts files of nodes by a volume of its own',
  gains: 'files of nodes',
  technique: { attack: 'T1611', matrix: 'Writable hostPath mount' },
  fix: 'leave volumes to provisioners',
  cost: 2,
  ways: [
    {
      needs: [
        'create persistentvolumes',
        'create pods | create deployments.apps | create jobs.batch | create statefulsets.apps | create daemonsets.apps',
      ],
      gain: (scene) => anyNode(scene),
    },
  ],
  example: {
    objects: [
      enforcing('restricted'),
      ...holding(['create persistentvolumes'], ''),
      ...holding(['create pods']).map((object) => ({
        ...object,
        metadata: { name: 'pods', namespace: 'shop' },
        ...(object.kind === 'RoleBinding' ? { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' } } : {}),
      })),
    ],
    also: ['pod-create-sa'],
  },
});

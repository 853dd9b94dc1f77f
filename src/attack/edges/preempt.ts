// Edge preempt. Displaces the pods of others.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const preempt = byRights({
  id: 'preempt',
  title: 'Displaces the pods of others',
  gains: 'the availability of others',
  technique: { attack: 'T1499', matrix: '' },
  fix: 'leave priority classes to the platform team',
  cost: 2,
  ways: [
    {
      needs: ['create priorityclasses.scheduling.k8s.io', 'create pods'],
      gain: (scene, scope) => effect(scene, scope, 'pods of others displaced'),
    },
  ],
  example: {
    objects: [
      enforcing('restricted'),
      ...holding(['create priorityclasses.scheduling.k8s.io'], ''),
      ...holding(['create pods']).map((object) => ({
        ...object,
        metadata: { name: 'pods', namespace: 'shop' },
        ...(object.kind === 'RoleBinding' ? { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' } } : {}),
      })),
    ],
    also: ['pod-create-sa'],
  },
});

// Edge aggregate-injection. A ClusterRole with the label aggregate-to-admin, -edit or -view adds its rules to that role.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const aggregateInjection = byRights({
  id: 'aggregate-injection',
  title: 'Adds rules to admin, edit or view by a label',
  gains: 'wider default roles',
  technique: { attack: 'T1098.006', matrix: 'Cluster-admin binding' },
  fix: 'take escalate away',
  cost: 1,
  ways: [
    {
      needs: ['create clusterroles.rbac.authorization.k8s.io', 'escalate clusterroles.rbac.authorization.k8s.io'],
      gain: (scene, scope) => effect(scene, scope, 'rights added to admin, edit and view'),
    },
  ],
  example: { objects: holding(['create clusterroles.rbac.authorization.k8s.io', 'escalate clusterroles.rbac.authorization.k8s.io'], '') },
});

// Edge escalate-role. The verb escalate lifts the check that a role may only get rights its writer holds.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { admin, namespaceAdmin } from '../gains.ts';

export const escalateRole = byRights({
  id: 'escalate-role',
  title: 'Rewrites a role beyond its own rights',
  gains: 'any right',
  technique: { attack: 'T1098.006', matrix: 'Cluster-admin binding' },
  fix: 'take escalate away; nobody but controllers of Kubernetes needs it',
  cost: 1,
  ways: [
    {
      needs: ['update,patch clusterroles.rbac.authorization.k8s.io', 'escalate clusterroles.rbac.authorization.k8s.io'],
      gain: (scene) => admin(scene),
    },
    {
      needs: ['create,update,patch roles.rbac.authorization.k8s.io', 'escalate roles.rbac.authorization.k8s.io'],
      gain: (scene, scope) => namespaceAdmin(scene, scope),
    },
  ],
  example: { objects: holding(['update clusterroles.rbac.authorization.k8s.io', 'escalate clusterroles.rbac.authorization.k8s.io'], '') },
});

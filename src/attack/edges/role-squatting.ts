// Edge role-squatting. A binding whose role is not there gives nothing until somebody makes a role of that name: who may, decides what its
// subjects get.

import { authorizerOf } from '../../identity/authorizer.ts';
import { isShippedClusterRole } from '../../identity/bootstrap.ts';
import type { Edge } from '../edge.ts';
import { binding, holding } from '../examples.ts';
import { right } from '../right.ts';
import { roleText } from '../rule-words.ts';

const kinds = {
  Role: right('create roles.rbac.authorization.k8s.io'),
  ClusterRole: right('create clusterroles.rbac.authorization.k8s.io'),
};

export const roleSquatting: Edge = {
  id: 'role-squatting',
  title: 'Makes the role that a binding waits for',
  needs: ['create roles.rbac.authorization.k8s.io', 'a binding whose role is not there'],
  gains: 'rights for the subjects of that binding',
  technique: { attack: 'T1098.006', matrix: 'Cluster-admin binding' },
  fix: 'delete the binding',
  cost: 2,
  derive: ({ snapshot, rights, graph }) => {
    for (const { binding: dangling, role } of authorizerOf(snapshot).given) {
      const kind = dangling.role.kind;
      if (role >= 0 || isShippedClusterRole(dangling.role.name) || (kind !== 'Role' && kind !== 'ClusterRole')) continue;
      const scope = kind === 'Role' ? dangling.namespace : '';
      const needed = kinds[kind];
      const held = rights.scopesOf(needed);
      if (!held.includes(scope) && !held.includes('')) continue;
      const { resource } = dangling;
      graph.arc(rights.at(needed, scope), graph.vertex('effect', scope, `rights given to the subjects of ${roleText(resource)}`), {
        edge: 'role-squatting',
        cost: 2,
        evidence: [
          { resource, path: '/roleRef', text: `${roleText(resource)} names the ${kind} ${dangling.role.name}, which is not there` },
        ],
        repairs: [
          {
            id: `dangling ${roleText(resource)}`,
            text: `delete ${roleText(resource)}`,
            effort: 1,
            changes: [{ kind: 'remove', resource }],
          },
        ],
      });
    }
  },
  example: {
    objects: [
      ...holding(['create roles.rbac.authorization.k8s.io']),
      ...binding({ kind: 'ServiceAccount', name: 'waiting', namespace: 'shop' }, undefined),
    ],
  },
};

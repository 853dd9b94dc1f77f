// A binding to a role that is not there gives nothing today, and tomorrow whatever the first to make a role of that name puts into it.
// Manifests do not hold everything a cluster has, so without a cluster the question stays open.

import { rolesOf } from '../../identity/bindings.ts';
import { isShippedClusterRole, isShippedRoleName } from '../../identity/bootstrap.ts';
import { control, fail, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, judgeBinding } from './bound.ts';
import { clusterRoleBinding, harmless, operators } from './examples.ts';

export const roleMissing = control({
  id: 'identity/role-missing',
  aliases: [],
  severity: 'low',
  title: 'Every binding gives a role that is there',
  why: 'Whoever may create a role of the missing name decides what the subjects of the binding may do.',
  fix: 'Create the role, or remove the binding.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1098.006', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding((binding, snapshot) => {
    const { resource, role, namespace } = binding;
    if (role.kind === 'Role' && namespace === '')
      return [
        fail(
          '/roleRef/kind',
          'role-for-cluster',
          `${resource.kind} "${resource.name}" names a Role, which holds in a namespace only: it gives nothing`,
        ),
      ];
    const shipped = role.kind === 'ClusterRole' ? isShippedClusterRole(role.name) : isShippedRoleName(namespace, role.name);
    if (shipped || rolesOf(snapshot, binding).length > 0) return [];
    const detail = `${resource.kind} "${resource.name}" gives ${role.kind} "${role.name}", which is not there`;
    return [
      snapshot.facts.live ? fail('/roleRef/name', 'missing', detail) : unknown('/roleRef/name', 'missing', `${detail} in these manifests`),
    ];
  }),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), {
        ...clusterRoleBinding([operators]),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator' },
      }),
    ],
  },
});

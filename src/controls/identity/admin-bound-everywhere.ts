// The ClusterRoles admin and edit are made for one namespace. Given for the whole cluster they read and write every Secret and run code
// as every service account, those of kube-system among them.

import { subjectText } from '../../identity/subjects.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, judgeBinding } from './bound.ts';
import { clusterRoleBinding, harmless, operators } from './examples.ts';
import { listed } from './holders.ts';

export const adminBoundEverywhere = control({
  id: 'identity/admin-bound-everywhere',
  aliases: ['KSV-0111'],
  severity: 'high',
  title: 'Nobody is given admin or edit for the whole cluster',
  why: 'In kube-system these roles run pods as the service accounts of controllers, which is the way to every other right.',
  fix: 'Bind the role with a RoleBinding in each namespace that needs it.',
  frameworks: ['cis:5.1.1', 'nsa:authentication-and-authorization', 'attack:T1098.006', 'matrix:MS-TA9019', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding(({ resource, namespace, role, subjects }) =>
    namespace === '' && role.kind === 'ClusterRole' && (role.name === 'admin' || role.name === 'edit') && subjects.length > 0
      ? [
          fail(
            '/roleRef/name',
            role.name,
            `${resource.kind} "${resource.name}" gives ${listed(subjects.map(subjectText))} the role "${role.name}" in every namespace`,
          ),
        ]
      : [],
  ),
  examples: {
    pass: () => [harmless(), cluster(deployment(), clusterRoleBinding([operators], 'view'))],
    fail: () => [cluster(deployment(), clusterRoleBinding([operators], 'edit'))],
  },
});

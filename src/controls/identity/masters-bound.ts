// The group system:masters passes the API server before any authorizer is asked, so a binding adds nothing but the habit of using it.

import { control } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, blameSubjects, givenText, judgeBinding, removeSubject, subjectAsRole } from './bound.ts';
import { clusterRoleBinding, harmless } from './examples.ts';

export const mastersBound = control({
  id: 'identity/masters-bound',
  aliases: ['KSV-0123'],
  severity: 'high',
  title: 'No binding is made for the group system:masters',
  why: 'Members of system:masters cannot be limited by RBAC or webhooks, and their certificates cannot be revoked; a binding builds on them.',
  fix: 'Make a group of your own for administrators and bind that.',
  frameworks: ['cis:5.1.7', 'nsa:authentication-and-authorization', 'attack:T1098.006', 'matrix:MS-TA9019', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding((binding) => [
    ...blameSubjects(binding, 'masters', ({ kind, name }) =>
      kind === 'Group' && name === 'system:masters' ? `gives the group system:masters ${givenText(binding)}` : undefined,
    ),
    ...subjectAsRole(binding, new Set(['system:masters'])),
  ]),
  repair: removeSubject,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), clusterRoleBinding([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters' }], 'view')),
    ],
  },
});

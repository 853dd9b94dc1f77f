// Rights for callers without a name: the user system:anonymous and its group system:unauthenticated. A binding that names one of them as
// its role is judged too: it was meant to name a subject, and whoever makes a role of that name decides what it gives.
// The binding system:public-info-viewer as Kubernetes ships it is judged by anonymous-public-info.

import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, givenText, judgeBinding, removeSubject, subjectAsRole } from './bound.ts';
import { clusterRoleBinding, harmless, roleBinding } from './examples.ts';

export const anonymousNames = new Set(['system:anonymous', 'system:unauthenticated']);

export const anonymousBound = control({
  id: 'identity/anonymous-bound',
  aliases: ['C-0262', 'KSV-0122'],
  severity: 'critical',
  title: 'No rights are given to callers without a name',
  why: 'Whoever reaches the API server over the network has these rights, without any credential.',
  fix: 'Remove the subject; give the right to the accounts that need it.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1133', 'matrix:MS-TA9005', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding((binding) => {
    const { resource, subjects } = binding;
    const named = subjects
      .filter(({ name }) => anonymousNames.has(name))
      .map(({ path, kind, name }) =>
        fail(
          `${path}/name`,
          'anonymous',
          `${resource.kind} "${resource.name}" gives ${kind} ${name}, callers without a credential, ${givenText(binding)}`,
        ),
      );
    return [...named, ...subjectAsRole(binding, anonymousNames)];
  }),
  repair: removeSubject,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment(),
        clusterRoleBinding([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:anonymous' }], 'view'),
      ),
      cluster(
        deployment(),
        roleBinding([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }], 'ClusterRole', 'view'),
      ),
    ],
  },
});

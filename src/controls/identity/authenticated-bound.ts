// The group system:authenticated is everybody with a credential: every person, every service account, and on GKE every Google account.

import { control } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, blameSubjects, givenText, judgeBinding, removeSubject, subjectAsRole } from './bound.ts';
import { clusterRoleBinding, harmless } from './examples.ts';

export const authenticatedBound = control({
  id: 'identity/authenticated-bound',
  aliases: ['KSV-01011'],
  severity: 'medium',
  title: 'No rights are given to everybody with a credential',
  why: 'Every pod has a credential, and on some platforms so has every account of the provider, of other customers too.',
  fix: 'Name the groups that need the right.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1078', 'owasp:K03'],
  on: allBindings,
  check: judgeBinding((binding) => [
    ...blameSubjects(binding, 'authenticated', ({ kind, name }) =>
      kind === 'Group' && name === 'system:authenticated' ? `gives everybody with a credential ${givenText(binding)}` : undefined,
    ),
    ...subjectAsRole(binding, new Set(['system:authenticated'])),
  ]),
  repair: removeSubject,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment(),
        clusterRoleBinding([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }], 'view'),
      ),
    ],
  },
});

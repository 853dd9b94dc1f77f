// The groups system:serviceaccounts and system:serviceaccounts:<namespace> are all service accounts of the cluster or of a namespace,
// those that are made tomorrow included.

import { control } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, givenText, judgeSubjects } from './bound.ts';
import { clusterRoleBinding, harmless, roleBinding } from './examples.ts';

export const allServiceAccountsBound = control({
  id: 'identity/all-service-accounts-bound',
  aliases: [],
  severity: 'medium',
  title: 'No rights are given to all service accounts at once',
  why: 'Every pod of the namespace, or of the cluster, has these rights, whatever it is for.',
  fix: 'Bind the service accounts of the programs that need the right.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1078', 'matrix:MS-TA9016', 'owasp:K03', 'bsi:APP.4.4.A9'],
  on: allBindings,
  check: judgeSubjects('all-service-accounts', ({ kind, name }, binding) =>
    kind === 'Group' && (name === 'system:serviceaccounts' || name.startsWith('system:serviceaccounts:'))
      ? `gives ${name === 'system:serviceaccounts' ? 'every service account' : `every service account of namespace ${name.slice('system:serviceaccounts:'.length)}`} ${givenText(binding)}`
      : undefined,
  ),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), clusterRoleBinding([group('system:serviceaccounts')], 'system:service-account-issuer-discovery')),
      cluster(deployment(), roleBinding([group('system:serviceaccounts:shop')], 'ClusterRole', 'view')),
    ],
  },
});

function group(name: string) {
  return { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name };
}

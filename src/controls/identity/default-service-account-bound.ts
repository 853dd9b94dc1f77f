// The service account `default` is what every pod of a namespace runs as that names no other: rights of it are rights of all of them.
// Bindings that carry the mark of Kubernetes' own bootstrap objects are left to their makers.

import { isMarkedBootstrap } from '../../identity/bootstrap.ts';
import { control } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, givenText, judgeSubjects } from './bound.ts';
import { clusterRoleBinding, harmless, role, roleBinding, rule } from './examples.ts';

export const defaultServiceAccountBound = control({
  id: 'identity/default-service-account-bound',
  aliases: ['C-0239', 'C-0225', 'rule:ensure-default-service-accounts-has-only-default-roles', 'CKV_K8S_42'],
  severity: 'medium',
  title: 'No rights are given to default service accounts',
  why: 'Every pod of the namespace that names no service account gets these rights, a test or the pod of an intruder as well.',
  fix: 'Make a service account for the program that needs the right, and bind that.',
  frameworks: [
    'cis:5.1.5',
    'nsa:authentication-and-authorization',
    'attack:T1078.001',
    'matrix:MS-TA9016',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.2.a',
  ],
  on: allBindings,
  check: judgeSubjects('default-service-account', ({ kind, name, namespace }, binding) =>
    kind === 'ServiceAccount' && name === 'default' && !isMarkedBootstrap(binding.resource)
      ? `gives the default service account of namespace ${namespace} ${givenText(binding)}`
      : undefined,
  ),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), clusterRoleBinding([{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }], 'view')),
      cluster(
        deployment(),
        role([rule('', ['configmaps'], ['get'], ['app-settings'])]),
        roleBinding([{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }]),
      ),
    ],
  },
});

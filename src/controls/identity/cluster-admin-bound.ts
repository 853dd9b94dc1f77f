// The ClusterRole cluster-admin, given for the whole cluster by a binding that is not Kubernetes' own.

import { subjectText } from '../../identity/subjects.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, givesClusterAdmin, judgeBinding } from './bound.ts';
import { clusterRoleBinding, harmless, operators } from './examples.ts';
import { listed } from './holders.ts';

export const clusterAdminBound = control({
  id: 'identity/cluster-admin-bound',
  aliases: ['C-0185', 'KSV-0111', 'cluster-admin-role-binding', 'clusterrolebindingClusterAdmin'],
  severity: 'critical',
  title: 'Nobody is given cluster-admin for the whole cluster',
  why: 'cluster-admin is every right on everything: whoever gets hold of one of its subjects has the cluster.',
  fix: 'Bind a role with the rights that are used; keep cluster-admin for an account of last resort.',
  frameworks: [
    'cis:5.1.1',
    'nsa:authentication-and-authorization',
    'attack:T1098.006',
    'matrix:MS-TA9019',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:2.2.a',
  ],
  on: allBindings,
  check: judgeBinding((binding) => {
    const { resource, namespace, subjects } = binding;
    return namespace === '' && givesClusterAdmin(binding)
      ? [
          fail(
            '/roleRef/name',
            'cluster-admin',
            `${resource.kind} "${resource.name}" makes ${listed(subjects.map(subjectText))} administrator of the cluster`,
          ),
        ]
      : [];
  }),
  examples: {
    pass: () => [harmless()],
    fail: () => [cluster(deployment(), clusterRoleBinding([operators], 'cluster-admin'))],
  },
});

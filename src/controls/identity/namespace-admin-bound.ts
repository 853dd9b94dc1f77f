// The ClusterRole cluster-admin, given in one namespace: every right on everything there, quotas, policies and roles included, which
// the ClusterRole admin leaves out.

import { subjectText } from '../../identity/subjects.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { allBindings, givesClusterAdmin, judgeBinding } from './bound.ts';
import { harmless, operators, roleBinding } from './examples.ts';
import { listed } from './holders.ts';

export const namespaceAdminBound = control({
  id: 'identity/namespace-admin-bound',
  aliases: ['KSV-0111', 'rolebindingClusterAdminClusterRole'],
  severity: 'high',
  title: 'Nobody is given cluster-admin in a namespace',
  why: 'cluster-admin in a namespace is every right on everything in it, its guards (quotas, network policies, roles) included.',
  fix: 'Bind `admin` or `edit`, or a role with the rights that are used.',
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
    return namespace !== '' && givesClusterAdmin(binding)
      ? [
          fail(
            '/roleRef/name',
            'cluster-admin',
            `${resource.kind} "${resource.name}" gives ${listed(subjects.map(subjectText))} every right in namespace ${namespace}`,
          ),
        ]
      : [];
  }),
  examples: {
    pass: () => [harmless(), cluster(deployment(), roleBinding([operators], 'ClusterRole', 'edit'))],
    fail: () => [cluster(deployment(), roleBinding([operators], 'ClusterRole', 'cluster-admin'))],
  },
});

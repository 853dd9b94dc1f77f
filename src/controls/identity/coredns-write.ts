// The ConfigMap `coredns` of kube-system decides how every name in the cluster resolves. ClusterRoles that are bound in other namespaces
// only, and Roles of other namespaces, do not reach it.

import { cluster, deployment } from '../examples.ts';
import { clusterRole, clusterRoleBinding, clusterWide, harmless, operators, rule } from './examples.ts';
import { reachesNamespace } from './holders.ts';
import { right } from './right.ts';

export const corednsWrite = right({
  id: 'identity/coredns-write',
  aliases: ['C-0037'],
  severity: 'medium',
  title: "No role changes the settings of the cluster's DNS",
  why: 'Who changes the ConfigMap of CoreDNS sends the traffic of every program to servers of choice.',
  fix: 'Name the ConfigMaps the program changes in `resourceNames`, or give the right in its own namespace with a RoleBinding.',
  frameworks: ['nsa:authentication-and-authorization', 'matrix:MS-TA9035', 'owasp:K03'],
  lets: "change the settings of the cluster's DNS",
  rights: [{ verbs: ['update', 'patch'], group: '', resources: ['configmaps'] }],
  namesLimit: false,
  throughStars: true,
  where: (role, rule, snapshot) =>
    (rule.resourceNames.length === 0 || rule.resourceNames.includes('coredns')) && reachesNamespace(snapshot, role, 'kube-system'),
  examples: {
    pass: () => [
      harmless(),
      cluster(deployment(), clusterRole([rule('', ['configmaps'], ['update'], ['app-settings'])]), clusterRoleBinding([operators])),
    ],
    fail: () => [clusterWide(rule('', ['configmaps'], ['update']))],
  },
  overlaps: ['identity/configmaps-write'],
});

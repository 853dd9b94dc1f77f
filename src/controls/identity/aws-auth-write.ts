// The ConfigMap `aws-auth` of kube-system maps AWS identities to users and groups on EKS, system:masters among them. A rule that names it
// is judged everywhere; on a cluster known to be EKS so is one that names no ConfigMap and reaches kube-system.

import { cluster, deployment } from '../examples.ts';
import { clusterRole, clusterRoleBinding, harmless, operators, rule } from './examples.ts';
import { reachesNamespace } from './holders.ts';
import { right } from './right.ts';

export const awsAuthWrite = right({
  id: 'identity/aws-auth-write',
  aliases: ['KSV-0115'],
  severity: 'critical',
  title: 'No role changes the mapping of AWS identities',
  why: 'A line in the ConfigMap `aws-auth` makes any AWS identity a member of system:masters, which no authorizer refuses.',
  fix: 'Move to EKS access entries, and drop the right to change `aws-auth`.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1098', 'matrix:MS-TA9019', 'owasp:K03'],
  lets: 'make AWS identities administrators',
  rights: [{ verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: '', resources: ['configmaps'] }],
  namesLimit: false,
  where: (role, { resourceNames }, snapshot) =>
    resourceNames.includes('aws-auth') ||
    (resourceNames.length === 0 && snapshot.facts.distribution === 'eks' && reachesNamespace(snapshot, role, 'kube-system')),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), clusterRole([rule('', ['configmaps'], ['get', 'update'], ['aws-auth'])]), clusterRoleBinding([operators])),
    ],
  },
});

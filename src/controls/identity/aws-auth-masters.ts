// The ConfigMap `aws-auth` of kube-system on EKS: an entry with the group system:masters makes an AWS identity one that no authorizer
// refuses and RBAC cannot limit. Access entries with policies take its place.

import { eksIdentities } from '../../identity/cloud/eks.ts';
import type { KubeObject } from '../../kube/object.ts';
import { control, fail, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const awsAuthMasters = control({
  id: 'identity/aws-auth-masters',
  aliases: [],
  severity: 'high',
  title: 'No AWS identity is a member of system:masters',
  why: 'Members of system:masters stand above RBAC and every webhook: their rights cannot be limited, and to take them away the mapping must go.',
  fix: 'Move the identity to an EKS access entry, with AmazonEKSClusterAdminPolicy where it must be an administrator.',
  frameworks: ['cis:5.1.7', 'nsa:authentication-and-authorization', 'attack:T1098', 'owasp:K03'],
  on: objectsWhere('ConfigMap aws-auth of kube-system', isAwsAuth),
  check(_, { snapshot }) {
    const { inbound } = eksIdentities(snapshot, []);
    return ['mapRoles', 'mapUsers'].flatMap((key) => {
      const masters = inbound.filter(({ source, groups }) => source.endsWith(`, ${key}`) && groups.includes('system:masters'));
      if (masters.length === 0) return [];
      const names = masters.map(({ principal }) => principal).join(', ');
      return [fail(`/data/${key}`, 'masters', `${key} makes ${names} a member of system:masters`)];
    });
  },
  examples: {
    pass: () => [cluster(deployment(), awsAuth('- rolearn: arn:aws:iam::111122223333:role/dev\n  username: dev\n  groups: [dev]\n'))],
    fail: () => [
      cluster(deployment(), awsAuth('- rolearn: arn:aws:iam::111122223333:role/ops\n  username: ops\n  groups: [system:masters]\n')),
    ],
  },
});

export function isAwsAuth({ kind, group, namespace, name }: { kind: string; group: string; namespace: string; name: string }): boolean {
  return group === '' && kind === 'ConfigMap' && namespace === 'kube-system' && name === 'aws-auth';
}

/** The ConfigMap with these roles. */
export function awsAuth(mapRoles: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'aws-auth',
      namespace: 'kube-system',
      labels: { 'app.kubernetes.io/name': 'aws-auth', 'app.kubernetes.io/instance': 'aws-auth', 'app.kubernetes.io/part-of': 'eks' },
    },
    data: { mapRoles },
  };
}

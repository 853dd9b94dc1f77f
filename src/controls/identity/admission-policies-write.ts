// ValidatingAdmissionPolicies guard the cluster and MutatingAdmissionPolicies rewrite its objects, without any server that could be
// watched (Kubernetes 1.30 and 1.36).

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const admissionPoliciesWrite = right({
  id: 'identity/admission-policies-write',
  aliases: [],
  severity: 'high',
  title: 'No role changes admission policies',
  why: 'A mutating policy rewrites pods as a webhook would, with no server to notice, and a validating one that is removed checks nothing.',
  fix: 'Leave admission policies to the pipeline that applies reviewed manifests.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1562.001', 'matrix:MS-TA9015', 'owasp:K03'],
  lets: 'change admission policies and their bindings',
  rights: [
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'admissionregistration.k8s.io',
      resources: [
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
        'mutatingadmissionpolicies',
        'mutatingadmissionpolicybindings',
      ],
    },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('admissionregistration.k8s.io', ['validatingadmissionpolicies'], ['delete']))],
  },
});

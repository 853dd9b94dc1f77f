// Who may sign for a signer of Kubernetes puts certificates into requests without any approval being looked at.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const certificatesSign = right({
  id: 'identity/certificates-sign',
  aliases: [],
  severity: 'high',
  title: 'No role signs certificates of the cluster',
  why: 'A signature makes a certificate request a valid identity, with the name and groups the request asks for.',
  fix: 'Keep `sign` and the status of certificate requests for the signing controller alone.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1550', 'owasp:K03'],
  lets: 'sign certificates of the cluster',
  rights: [
    { verbs: ['sign'], group: 'certificates.k8s.io', resources: ['signers'] },
    { verbs: ['update', 'patch'], group: 'certificates.k8s.io', resources: ['certificatesigningrequests/status'] },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('certificates.k8s.io', ['certificatesigningrequests/status'], ['update'])),
      clusterWide(rule('certificates.k8s.io', ['signers'], ['sign'])),
    ],
  },
});

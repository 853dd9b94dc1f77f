// An approved CertificateSigningRequest becomes a client certificate with the name and groups that its author chose. Approving takes the
// subresource and `approve` on the signer; a rule with one of them is half of it and is meant for the whole.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const certificatesApprove = right({
  id: 'identity/certificates-approve',
  aliases: ['C-0280', 'CKV_K8S_156'],
  severity: 'high',
  title: 'No role approves certificate requests',
  why: 'Who approves certificate requests can have a client certificate in any name and group, and certificates cannot be revoked.',
  fix: 'Leave approval to the approvers of Kubernetes or to one account that checks each request.',
  frameworks: ['cis:5.1.11', 'nsa:authentication-and-authorization', 'attack:T1550', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:1.5.b'],
  lets: 'approve certificate requests',
  rights: [
    { verbs: ['update', 'patch'], group: 'certificates.k8s.io', resources: ['certificatesigningrequests/approval'] },
    { verbs: ['approve'], group: 'certificates.k8s.io', resources: ['signers'] },
  ],
  throughStars: true,
  examples: {
    pass: () => [harmless(), clusterWide(rule('certificates.k8s.io', ['signers'], ['approve'], ['shop.example.com/serving']))],
    fail: () => [
      clusterWide(rule('certificates.k8s.io', ['certificatesigningrequests/approval'], ['update'])),
      clusterWide(rule('certificates.k8s.io', ['signers'], ['approve'])),
    ],
  },
});

// Edge csr-approve. A certificate of the signer kube-apiserver-client is an identity; system:masters is kept out of it by admission.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { principals } from '../gains.ts';

export const csrApprove = byRights({
  id: 'csr-approve',
  title: 'Has a client certificate of any user signed',
  gains: 'any user',
  technique: { attack: 'T1649', matrix: '' },
  fix: 'name the signers in resourceNames',
  cost: 1,
  ways: [
    {
      needs: [
        'create certificatesigningrequests.certificates.k8s.io',
        'update,patch certificatesigningrequests/approval.certificates.k8s.io',
        'approve signers.certificates.k8s.io',
      ],
      gain: (scene) => principals(scene),
      gainNamed: (scene, _scope, name) =>
        ['kubernetes.io/*', 'kubernetes.io/kube-apiserver-client'].includes(name) ? principals(scene) : [],
    },
  ],
  example: {
    objects: holding(
      [
        'create certificatesigningrequests.certificates.k8s.io',
        'update certificatesigningrequests/approval.certificates.k8s.io',
        'approve signers.certificates.k8s.io',
      ],
      '',
    ),
  },
});

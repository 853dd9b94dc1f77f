// Edge csr-sign. Who signs needs no approval: the certificate is written into the request.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { principals } from '../gains.ts';

export const csrSign = byRights({
  id: 'csr-sign',
  title: 'Signs client certificates',
  gains: 'any user',
  technique: { attack: 'T1649', matrix: '' },
  fix: 'name the signers in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['update,patch certificatesigningrequests/status.certificates.k8s.io', 'sign signers.certificates.k8s.io'],
      gain: (scene) => principals(scene),
      gainNamed: (scene, _scope, name) =>
        ['kubernetes.io/*', 'kubernetes.io/kube-apiserver-client'].includes(name) ? principals(scene) : [],
    },
  ],
  example: { objects: holding(['update certificatesigningrequests/status.certificates.k8s.io', 'sign signers.certificates.k8s.io'], '') },
});

// Edge pod-cert. Signs certificates of pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const podCert = byRights({
  id: 'pod-cert',
  title: 'Signs certificates of pods',
  gains: 'identities of workloads',
  technique: { attack: 'T1649', matrix: '' },
  fix: 'name the signers in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['update,patch podcertificaterequests/status.certificates.k8s.io', 'sign signers.certificates.k8s.io'],
      gain: (scene) => effect(scene, '', 'identities of workloads forged'),
      anyNameSuffices: true,
    },
  ],
  when: (scene) => scene.minor >= 34,
  example: { objects: holding(['update podcertificaterequests/status.certificates.k8s.io', 'sign signers.certificates.k8s.io'], '') },
});

// Edge trust-bundle. Changes what workloads trust.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const trustBundle = byRights({
  id: 'trust-bundle',
  title: 'Changes what workloads trust',
  gains: 'connections of workloads',
  technique: { attack: 'T1553.004', matrix: '' },
  fix: "keep attest to the signer's controller",
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch clustertrustbundles.certificates.k8s.io', 'attest signers.certificates.k8s.io'],
      gain: (scene) => effect(scene, '', 'trust anchors of workloads replaced'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch clustertrustbundles.certificates.k8s.io', 'attest signers.certificates.k8s.io'], '') },
});

// Edge netpol-delete. Opens the network.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const netpolDelete = byRights({
  id: 'netpol-delete',
  title: 'Opens the network',
  gains: 'pods that policies kept away',
  technique: { attack: 'T1562.007', matrix: '' },
  fix: 'leave network policies to the pipeline',
  cost: 1,
  ways: [
    {
      needs: [
        'delete,update,patch,create networkpolicies.networking.k8s.io | delete,update,patch,create ciliumnetworkpolicies.cilium.io | delete,update,patch,create networkpolicies.crd.projectcalico.org',
      ],
      gain: (scene, scope) => effect(scene, scope, 'network policies lifted'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['delete networkpolicies.networking.k8s.io']) },
});

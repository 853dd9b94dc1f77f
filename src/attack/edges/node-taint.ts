// Edge node-taint. Attracts and repels pods by taints and labels of nodes.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const nodeTaint = byRights({
  id: 'node-taint',
  title: 'Attracts and repels pods by taints and labels of nodes',
  gains: 'where pods run',
  technique: { attack: 'T1578', matrix: '' },
  fix: 'leave nodes to the cloud controller and to kubelets',
  cost: 2,
  ways: [
    {
      needs: ['update,patch nodes | update,patch nodes/status'],
      gain: (scene) => effect(scene, '', 'pods moved between nodes'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch nodes'], '') },
});

// Edge ns-labels. A namespace says itself which Pod Security level it enforces, which webhooks look at it, and which network policies let
// it in.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const nsLabels = byRights({
  id: 'ns-labels',
  title: 'Changes labels of namespaces',
  gains: 'namespaces without their limits',
  technique: { attack: 'T1562.001', matrix: '' },
  fix: 'guard the labels by a ValidatingAdmissionPolicy; leave namespaces to the platform team',
  cost: 1,
  ways: [
    {
      needs: ['update,patch namespaces'],
      gain: (scene, scope) => effect(scene, scope, 'Pod Security and the scope of policies lifted'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch namespaces'], '') },
});

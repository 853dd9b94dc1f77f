// Edge pod-labels. Joins Services and policies by labels of pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const podLabels = byRights({
  id: 'pod-labels',
  title: 'Joins Services and policies by labels of pods',
  gains: 'traffic, and what policies let labelled pods do',
  technique: { attack: 'T1036', matrix: '' },
  fix: 'take update and patch of pods away',
  cost: 2,
  ways: [
    {
      needs: ['update,patch pods | update,patch pods/status'],
      gain: (scene, scope) => effect(scene, scope, 'pods put behind Services and inside network policies'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch pods/status']) },
});

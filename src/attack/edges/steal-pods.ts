// Edge steal-pods. Pods that are evicted come back on nodes that still take some: those of the attacker.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { tokens } from '../gains.ts';

export const stealPods = byRights({
  id: 'steal-pods',
  title: 'Moves pods to a node of its choice',
  gains: 'tokens of the pods that move',
  technique: { attack: 'T1610', matrix: '' },
  fix: 'take one of the two away',
  cost: 3,
  ways: [
    {
      needs: ['delete pods | create pods/eviction | update,patch pods/status', 'update,patch,delete nodes | update,patch nodes/status'],
      gain: (scene) =>
        tokens(scene, '').map((gain) => ({
          ...gain,
          known: false,
          evidence: [{ text: 'worth something to whoever has a node', path: '' }],
        })),
    },
  ],
  example: { objects: holding(['delete pods', 'patch nodes'], ''), also: ['node-taint'] },
});

// Edge port-forward. Reaches ports of pods past network policies.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const portForward = byRights({
  id: 'port-forward',
  title: 'Reaches ports of pods past network policies',
  gains: 'ports that only the pod itself should reach',
  technique: { attack: 'T1572', matrix: '' },
  fix: 'take pods/portforward away',
  cost: 1,
  ways: [
    { needs: ['create pods/portforward'], gain: (scene, scope) => effect(scene, scope, 'ports of pods reached past network policies') },
    {
      needs: ['get pods/portforward'],
      gain: (scene, scope) => (scene.minor < 35 ? effect(scene, scope, 'ports of pods reached past network policies') : []),
    },
  ],
  example: { objects: holding(['create pods/portforward']) },
});

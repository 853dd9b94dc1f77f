// Edge pod-attach. Attaches to the processes of pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { podNamed, pods } from '../gains.ts';

export const podAttach = byRights({
  id: 'pod-attach',
  title: 'Attaches to the processes of pods',
  gains: 'code in running pods',
  technique: { attack: 'T1609', matrix: 'Exec into container' },
  fix: 'take pods/attach away',
  cost: 2,
  ways: [
    {
      needs: ['create pods/attach'],
      gain: (scene, scope) => pods(scene, scope),
      gainNamed: (scene, scope, name) => podNamed(scene, scope, name),
    },
    { needs: ['get pods/attach'], gain: (scene, scope) => (scene.minor < 35 ? pods(scene, scope) : []) },
  ],
  example: { objects: holding(['create pods/attach']) },
});

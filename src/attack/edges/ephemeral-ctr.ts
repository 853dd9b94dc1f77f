// Edge ephemeral-ctr. Adds a container to running pods.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { podNamed, pods } from '../gains.ts';

export const ephemeralCtr = byRights({
  id: 'ephemeral-ctr',
  title: 'Adds a container to running pods',
  gains: 'code in running pods, with their volumes and processes',
  technique: { attack: 'T1609', matrix: 'Exec into container' },
  fix: 'keep pods/ephemeralcontainers to those who debug',
  cost: 1,
  ways: [
    {
      needs: ['update,patch pods/ephemeralcontainers'],
      gain: (scene, scope) => pods(scene, scope),
      gainNamed: (scene, scope, name) => podNamed(scene, scope, name),
    },
  ],
  example: { objects: holding(['patch pods/ephemeralcontainers']) },
});

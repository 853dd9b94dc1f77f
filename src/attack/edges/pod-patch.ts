// Edge pod-patch. The image of a running pod may be changed.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { podNamed, pods } from '../gains.ts';

export const podPatch = byRights({
  id: 'pod-patch',
  title: 'Changes the image of running pods',
  gains: 'code in running pods',
  technique: { attack: 'T1609', matrix: 'New container' },
  fix: 'take update and patch of pods away; controllers change templates, not pods',
  cost: 1,
  ways: [
    {
      needs: ['update,patch pods'],
      gain: (scene, scope) => pods(scene, scope),
      gainNamed: (scene, scope, name) => podNamed(scene, scope, name),
    },
  ],
  example: { objects: holding(['patch pods']), also: ['pod-labels'] },
});

// Edge pull-secrets. Changes where images come from.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const pullSecrets = byRights({
  id: 'pull-secrets',
  title: 'Changes where images come from',
  gains: 'the images of pods',
  technique: { attack: 'T1525', matrix: '' },
  fix: 'leave service accounts to the pipeline',
  cost: 3,
  ways: [
    {
      needs: ['update,patch serviceaccounts'],
      gain: (scene, scope) => effect(scene, scope, 'registry credentials added or replaced'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch serviceaccounts']), also: ['sa-annotate'] },
});

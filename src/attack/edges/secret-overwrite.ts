// Edge secret-overwrite. Replaces what Secrets hold.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const secretOverwrite = byRights({
  id: 'secret-overwrite',
  title: 'Replaces what Secrets hold',
  gains: 'other credentials in use',
  technique: { attack: 'T1565', matrix: '' },
  fix: 'name the Secrets in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['update,patch secrets'],
      gain: (scene, scope) => effect(scene, scope, 'credentials and certificates replaced'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch secrets']) },
});

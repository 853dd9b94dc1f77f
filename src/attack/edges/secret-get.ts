// Edge secret-get. A Secret is read by its name; names follow patterns, so that reading any is reading all.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { secret, secrets } from '../gains.ts';

export const secretGet = byRights({
  id: 'secret-get',
  title: 'Reads Secrets by name',
  gains: 'Secrets',
  technique: { attack: 'T1552.007', matrix: 'List Kubernetes secrets' },
  fix: 'name the Secrets in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['get secrets'],
      gain: (scene, scope) => secrets(scene, scope),
      gainNamed: (scene, scope, name) => secret(scene, scope, name),
    },
  ],
  example: { objects: holding(['get secrets']) },
});

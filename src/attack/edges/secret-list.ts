// Edge secret-list. Lists and watches carry whole Secrets, not only names.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { secret, secrets } from '../gains.ts';

export const secretList = byRights({
  id: 'secret-list',
  title: 'Lists Secrets',
  gains: 'Secrets',
  technique: { attack: 'T1552.007', matrix: 'List Kubernetes secrets' },
  fix: 'give get for the names that are needed instead of list',
  cost: 1,
  ways: [
    {
      needs: ['list,watch secrets'],
      gain: (scene, scope) => secrets(scene, scope),
      gainNamed: (scene, scope, name) => secret(scene, scope, name),
    },
  ],
  example: { objects: holding(['list secrets']) },
});

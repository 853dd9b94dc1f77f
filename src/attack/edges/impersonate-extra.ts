// Edge impersonate-extra. Extra fields and the uid of a user decide nothing in RBAC; authorizers that are webhooks may look at them.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const impersonateExtra = byRights({
  id: 'impersonate-extra',
  title: 'Sets extra fields or the uid of a user',
  gains: 'webhook authorizers',
  technique: { attack: 'T1550.001', matrix: '' },
  fix: 'take the right away where no proxy needs it',
  cost: 2,
  ways: [
    {
      needs: ['impersonate userextras.authentication.k8s.io | impersonate uids.authentication.k8s.io'],
      gain: (scene) => effect(scene, '', 'an authorizer that looks at extra fields deceived').map((gain) => ({ ...gain, known: false })),
    },
  ],
  example: { objects: holding(['impersonate uids.authentication.k8s.io'], '') },
});

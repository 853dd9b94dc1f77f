// Edge constrained-imp. Constrained impersonation (KEP-5284, on from Kubernetes 1.35): a mode, and the verbs that may be used as somebody
// else.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { secrets, tokens } from '../gains.ts';

export const constrainedImp = byRights({
  id: 'constrained-imp',
  title: 'Uses chosen verbs as somebody else',
  gains: 'those verbs as anybody who has them',
  technique: { attack: 'T1550.001', matrix: '' },
  fix: 'name users and resources in both rules',
  cost: 2,
  ways: [
    {
      needs: ['impersonate:user-info users.authentication.k8s.io', 'impersonate-on:user-info:create pods'],
      gain: (scene, scope) => tokens(scene, scope),
    },
    {
      needs: ['impersonate:user-info users.authentication.k8s.io', 'impersonate-on:user-info:get,impersonate-on:user-info:list secrets'],
      gain: (scene, scope) => secrets(scene, scope),
    },
    {
      needs: ['impersonate:serviceaccount serviceaccounts.authentication.k8s.io', 'impersonate-on:serviceaccount:create pods'],
      gain: (scene, scope) => tokens(scene, scope),
    },
  ],
  when: (scene) => scene.minor >= 35,
  example: { objects: holding(['impersonate:user-info users.authentication.k8s.io', 'impersonate-on:user-info:get secrets'], '') },
});

// Edge impersonate-user. Acts as any user.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { principals, user } from '../gains.ts';

export const impersonateUser = byRights({
  id: 'impersonate-user',
  title: 'Acts as any user',
  gains: 'the rights of users',
  technique: { attack: 'T1550.001', matrix: 'Access Kubernetes API server' },
  fix: 'name the users that may be impersonated in resourceNames',
  cost: 1,
  ways: [{ needs: ['impersonate users'], gain: (scene) => principals(scene), gainNamed: (scene, _scope, name) => user(scene, name) }],
  example: { objects: holding(['impersonate users'], '') },
});

// Edge impersonate-group. With a user and a group impersonated, system:masters is one of the groups there are.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { admin, group } from '../gains.ts';

export const impersonateGroup = byRights({
  id: 'impersonate-group',
  title: 'Acts as a member of any group',
  gains: 'system:masters',
  technique: { attack: 'T1550.001', matrix: 'Access Kubernetes API server' },
  fix: 'name the groups that may be impersonated in resourceNames',
  cost: 1,
  ways: ['users', 'serviceaccounts'].map((who) => ({
    needs: [`impersonate ${who}`, 'impersonate groups'],
    gain: (scene) => admin(scene),
    gainNamed: (scene, _scope, name) => (name === 'system:masters' ? admin(scene) : group(scene, name)),
  })),
  example: { objects: holding(['impersonate users', 'impersonate groups'], ''), also: ['impersonate-user'] },
});

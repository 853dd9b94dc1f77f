// Edge impersonate-sa. Acts as service accounts.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { account, tokens } from '../gains.ts';

export const impersonateSa = byRights({
  id: 'impersonate-sa',
  title: 'Acts as service accounts',
  gains: 'the rights of service accounts',
  technique: { attack: 'T1550.001', matrix: 'Access container service account' },
  fix: 'name the accounts that may be impersonated in resourceNames',
  cost: 1,
  ways: [
    {
      needs: ['impersonate serviceaccounts'],
      gain: (scene, scope) => tokens(scene, scope),
      gainNamed: (scene, scope, name) => account(scene, scope, name),
    },
  ],
  example: { objects: holding(['impersonate serviceaccounts']) },
});

// Edge token-request. Asks for tokens of service accounts.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { account, tokens } from '../gains.ts';

export const tokenRequest = byRights({
  id: 'token-request',
  title: 'Asks for tokens of service accounts',
  gains: 'service accounts',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'name the account in resourceNames',
  cost: 1,
  ways: [
    {
      needs: ['create serviceaccounts/token'],
      gain: (scene, scope) => tokens(scene, scope),
      gainNamed: (scene, scope, name) => account(scene, scope, name),
    },
  ],
  example: { objects: holding(['create serviceaccounts/token']) },
});

// Edge secret-mint. A Secret of type service-account-token that names an account is filled with a token that does not expire.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { tokens } from '../gains.ts';

export const secretMint = byRights({
  id: 'secret-mint',
  title: 'Mints long-lived tokens',
  gains: 'service accounts',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'take create or reading of Secrets away',
  cost: 1,
  ways: [{ needs: ['create secrets', 'get,list,watch secrets'], gain: (scene, scope) => tokens(scene, scope) }],
  example: { objects: holding(['create secrets', 'get secrets']), also: ['secret-get'] },
});

// Edge sa-annotate. An annotation of a service account names the cloud role its pods may assume; the cloud decides whether it trusts the
// account.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const saAnnotate = byRights({
  id: 'sa-annotate',
  title: 'Gives a service account a cloud role',
  gains: 'cloud roles',
  technique: { attack: 'T1078.004', matrix: 'Access cloud resources' },
  fix: 'trust one account, not a pattern; leave service accounts to the pipeline',
  cost: 2,
  ways: [
    {
      needs: ['update,patch serviceaccounts'],
      gain: (scene, scope) =>
        effect(scene, scope, 'cloud roles that trust the namespace assumed').map((gain) => ({
          ...gain,
          known: false,
          evidence: [{ text: 'what the cloud trusts is not known', path: '' }],
        })),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch serviceaccounts']), also: ['pull-secrets'] },
});

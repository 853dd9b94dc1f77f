// Edge secret-mint-pod. Mints tokens and reads them in a pod.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { tokens } from '../gains.ts';

export const secretMintPod = byRights({
  id: 'secret-mint-pod',
  title: 'Mints tokens and reads them in a pod',
  gains: 'service accounts',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'take one of the two away',
  cost: 2,
  ways: [{ needs: ['create secrets', 'create pods'], gain: (scene, scope) => tokens(scene, scope) }],
  example: { objects: [enforcing('restricted'), ...holding(['create secrets', 'create pods'])], also: ['pod-create-sa'] },
});

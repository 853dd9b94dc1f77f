// Edge pod-create-priv. Makes a privileged pod.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { privilegedPod } from '../gains.ts';

export const podCreatePriv = byRights({
  id: 'pod-create-priv',
  title: 'Makes a privileged pod',
  gains: 'root on a node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'enforce the Pod Security level baseline in the namespace',
  cost: 1,
  ways: [{ needs: ['create pods'], gain: (scene, scope) => privilegedPod(scene, scope) }],
  example: { objects: holding(['create pods']), also: ['pod-create-sa', 'pod-create-cp'] },
});

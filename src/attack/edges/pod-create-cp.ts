// Edge pod-create-cp. A pod chooses its node, and a toleration passes the taint of the control plane.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { controlPlanePod } from '../gains.ts';

export const podCreateCp = byRights({
  id: 'pod-create-cp',
  title: 'Makes a privileged pod on the control plane',
  gains: 'the keys of the cluster',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'enforce the Pod Security level baseline in the namespace',
  cost: 1,
  ways: [{ needs: ['create pods'], gain: (scene, scope) => controlPlanePod(scene, scope) }],
  example: { objects: holding(['create pods']), also: ['pod-create-sa', 'pod-create-priv'] },
});

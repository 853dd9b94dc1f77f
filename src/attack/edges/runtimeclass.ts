// Edge runtimeclass. Runs pods in a weaker runtime.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const runtimeclass = byRights({
  id: 'runtimeclass',
  title: 'Runs pods in a weaker runtime',
  gains: 'pods outside their sandbox',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'leave runtime classes to the platform team',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch runtimeclasses.node.k8s.io', 'create pods'],
      gain: (scene, scope) => effect(scene, scope, 'pods run outside their sandbox'),
    },
  ],
  example: {
    objects: [enforcing('restricted'), ...holding(['create runtimeclasses.node.k8s.io', 'create pods'], '')],
    also: ['pod-create-sa', 'pod-create-priv', 'pod-create-cp'],
  },
});

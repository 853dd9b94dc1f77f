// Edge rebind-held. Rights that are held may be handed on without bind or escalate: whoever writes bindings keeps what he has, under
// another name.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const rebindHeld = byRights({
  id: 'rebind-held',
  title: 'Hands on the rights it holds',
  gains: 'persistence',
  technique: { attack: 'T1098.006', matrix: 'Cluster-admin binding' },
  fix: 'leave bindings to the deployment pipeline',
  cost: 1,
  ways: [
    {
      needs: [
        'create,update,patch clusterrolebindings.rbac.authorization.k8s.io | create,update,patch rolebindings.rbac.authorization.k8s.io',
      ],
      gain: (scene, scope) => effect(scene, scope, 'rights handed on to others'),
    },
  ],
  example: { objects: holding(['create rolebindings.rbac.authorization.k8s.io']) },
});

// Edge delete-all. Deletes in bulk.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const deleteAll = byRights({
  id: 'delete-all',
  title: 'Deletes in bulk',
  gains: 'destruction',
  technique: { attack: 'T1485', matrix: 'Data destruction' },
  fix: 'take deletecollection away',
  cost: 1,
  ways: [
    {
      needs: [
        'deletecollection deployments.apps | deletecollection pods | deletecollection namespaces | deletecollection persistentvolumeclaims | deletecollection secrets',
      ],
      gain: (scene, scope) => effect(scene, scope, 'workloads and data destroyed'),
    },
  ],
  example: { objects: holding(['deletecollection pods']) },
});

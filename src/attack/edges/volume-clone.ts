// Edge volume-clone. Copies the volumes of others.

import { byRights } from '../by-rights.ts';
import { enforcing, holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const volumeClone = byRights({
  id: 'volume-clone',
  title: 'Copies the volumes of others',
  gains: 'data of other workloads',
  technique: { attack: 'T1005', matrix: '' },
  fix: 'grant claims apart from pods',
  cost: 2,
  ways: [
    {
      needs: ['create persistentvolumeclaims | create volumesnapshots.snapshot.storage.k8s.io', 'create pods'],
      gain: (scene, scope) => effect(scene, scope, 'data of volumes copied'),
    },
  ],
  example: { objects: [enforcing('restricted'), ...holding(['create persistentvolumeclaims', 'create pods'])], also: ['pod-create-sa'] },
});

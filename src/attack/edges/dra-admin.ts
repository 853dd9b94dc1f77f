// Edge dra-admin. Uses devices of other pods.

import { labelsOf } from '../../kube/object.ts';
import { find } from '../../snapshot/lookup.ts';
import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';
import type { Scene } from '../scene.ts';

export const draAdmin = byRights({
  id: 'dra-admin',
  title: 'Uses devices of other pods',
  gains: 'devices of other pods',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'take the label resource.kubernetes.io/admin-access off the namespace',
  cost: 2,
  ways: [
    {
      needs: ['create resourceclaims.resource.k8s.io | create resourceclaimtemplates.resource.k8s.io'],
      gain: (scene, scope) =>
        scene.namespaces
          .filter((name) => (scope === '' || scope === name) && labelOf(scene, name))
          .flatMap((name) => effect(scene, name, 'devices of other pods used')),
    },
  ],
  example: {
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'resource.kubernetes.io/admin-access': 'true' } } },
      ...holding(['create resourceclaims.resource.k8s.io']),
    ],
  },
});

/** Only namespaces with the label may hold claims for administrators. */
function labelOf({ snapshot }: Scene, name: string): boolean {
  const object = find(snapshot, '', 'Namespace', '', name)?.object;
  return (
    object !== undefined &&
    ['resource.kubernetes.io/admin-access', 'resource.k8s.io/admin-access'].some((label) => labelsOf(object)[label] === 'true')
  );
}

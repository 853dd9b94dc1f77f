// Edge crd-conversion. Reads and changes custom resources by a conversion webhook.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const crdConversion = byRights({
  id: 'crd-conversion',
  title: 'Reads and changes custom resources by a conversion webhook',
  gains: 'custom resources',
  technique: { attack: 'T1557', matrix: '' },
  fix: 'name the definitions in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['update,patch customresourcedefinitions.apiextensions.k8s.io'],
      gain: (scene) => effect(scene, '', 'custom resources read and changed'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch customresourcedefinitions.apiextensions.k8s.io'], '') },
});

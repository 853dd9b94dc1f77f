// Edge gateway-write. Routes traffic of a gateway.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const gatewayWrite = byRights({
  id: 'gateway-write',
  title: 'Routes traffic of a gateway',
  gains: 'traffic of a gateway',
  technique: { attack: 'T1557', matrix: '' },
  fix: 'limit which namespaces may attach routes',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch httproutes.gateway.networking.k8s.io | create,update,patch referencegrants.gateway.networking.k8s.io'],
      gain: (scene, scope) => effect(scene, scope, 'traffic of a gateway captured'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['create httproutes.gateway.networking.k8s.io']) },
});

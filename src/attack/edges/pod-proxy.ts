// Edge pod-proxy. Reaches ports of pods and services through the API server.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const podProxy = byRights({
  id: 'pod-proxy',
  title: 'Reaches ports of pods and services through the API server',
  gains: 'ports behind network policies',
  technique: { attack: 'T1090', matrix: '' },
  fix: 'take pods/proxy and services/proxy away',
  cost: 1,
  ways: [
    {
      needs: ['get,create pods/proxy | get,create services/proxy'],
      gain: (scene, scope) => effect(scene, scope, 'ports of pods reached through the API server'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['get pods/proxy']) },
});

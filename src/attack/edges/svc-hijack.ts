// Edge svc-hijack. Sends the traffic of Services elsewhere.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const svcHijack = byRights({
  id: 'svc-hijack',
  title: 'Sends the traffic of Services elsewhere',
  gains: 'traffic between workloads',
  technique: { attack: 'T1557', matrix: '' },
  fix: 'leave endpoints to their controller; name Services in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch services | create,update,patch endpoints | create,update,patch endpointslices.discovery.k8s.io'],
      gain: (scene, scope) => effect(scene, scope, 'traffic of Services read and answered'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch endpoints']) },
});

// Edge external-ip. A Service with somebody else's address as external IP is sent his traffic (CVE-2020-8554); refused where
// DenyServiceExternalIPs is on.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const externalIp = byRights({
  id: 'external-ip',
  title: 'Takes over addresses by external IPs',
  gains: 'traffic to addresses outside',
  technique: { attack: 'T1557', matrix: '' },
  fix: 'turn DenyServiceExternalIPs on; leave services/status to the cloud controller',
  cost: 2,
  ways: [
    {
      needs: ['update,patch services/status'],
      gain: (scene, scope) => effect(scene, scope, 'traffic to any address taken over'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['patch services/status']) },
});

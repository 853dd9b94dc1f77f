// Edge ingress-write. Controllers have turned annotations of an Ingress into their own configuration (CVE-2025-1974 and its family).

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const ingressWrite = byRights({
  id: 'ingress-write',
  title: 'Configures the ingress controller',
  gains: 'traffic, in unpatched controllers its account',
  technique: { attack: 'T1190', matrix: '' },
  fix: 'guard annotations by policy; keep the controller patched',
  cost: 3,
  ways: [
    {
      needs: ['create,update,patch ingresses.networking.k8s.io'],
      gain: (scene, scope) => effect(scene, scope, 'the ingress controller configured: routes, and in unpatched ones code'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['create ingresses.networking.k8s.io']) },
});

// Edge apiservice-hijack. An APIService sends a group of the API to a server of the attacker, with the callers' requests.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const apiserviceHijack = byRights({
  id: 'apiservice-hijack',
  title: 'Takes over a group of the API',
  gains: 'requests and their answers',
  technique: { attack: 'T1557', matrix: '' },
  fix: 'leave APIServices to the pipeline; name the object in resourceNames',
  cost: 2,
  ways: [
    {
      needs: ['create,update,patch apiservices.apiregistration.k8s.io'],
      gain: (scene) => effect(scene, '', 'requests for an API group read and answered'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['create apiservices.apiregistration.k8s.io'], '') },
});

// Edge events-delete. Deletes events.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { effect } from '../gains.ts';

export const eventsDelete = byRights({
  id: 'events-delete',
  title: 'Deletes events',
  gains: 'fewer traces',
  technique: { attack: 'T1070', matrix: 'Delete Kubernetes events' },
  fix: 'take deletion of events away; ship events elsewhere',
  cost: 1,
  ways: [
    {
      needs: ['delete,deletecollection events | delete,deletecollection events.events.k8s.io'],
      gain: (scene, scope) => effect(scene, scope, 'traces in events removed'),
      anyNameSuffices: true,
    },
  ],
  example: { objects: holding(['delete events']) },
});

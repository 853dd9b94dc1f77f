// Events tell what happened to objects; they are the first trail of an intrusion, and deleting them is of use to few others.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const eventsDelete = right({
  id: 'identity/events-delete',
  aliases: ['C-0031'],
  severity: 'low',
  title: 'No role deletes events',
  why: 'Events show failed mounts, started containers and denied images; deleting them hides an intrusion.',
  fix: 'Drop `delete` and `deletecollection` on events; they expire by themselves.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1070', 'matrix:MS-TA9022', 'owasp:K03'],
  lets: 'delete events',
  rights: [
    { verbs: ['delete', 'deletecollection'], group: '', resources: ['events'] },
    { verbs: ['delete', 'deletecollection'], group: 'events.k8s.io', resources: ['events'] },
  ],
  namesLimit: false,
  throughStars: true,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('', ['events'], ['create', 'delete'])),
      clusterWide(rule('events.k8s.io', ['events'], ['list', 'deletecollection'])),
    ],
  },
});

// An APIService hands a whole API group to a server of choice, with the names and groups of everybody who asks.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const apiServicesWrite = right({
  id: 'identity/api-services-write',
  aliases: [],
  severity: 'high',
  title: 'No role changes APIServices',
  why: 'The server behind a changed APIService sees and answers every request for that API group, from administrators and controllers too.',
  fix: 'Leave APIServices to the pipeline that installs aggregated servers.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1562', 'owasp:K03'],
  lets: 'redirect whole API groups',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'apiregistration.k8s.io', resources: ['apiservices'] },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('apiregistration.k8s.io', ['apiservices'], ['patch']))],
  },
});

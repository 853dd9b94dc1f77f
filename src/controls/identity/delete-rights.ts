// Deleting workloads, Services and Secrets is the shortest way to take an application down.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const deleteRights = right({
  id: 'identity/delete-rights',
  aliases: ['C-0007', 'KSV-0048'],
  severity: 'low',
  title: 'No role deletes workloads, Services or Secrets',
  why: 'The holder takes applications down, and with their Secrets destroys what cannot be made again.',
  fix: 'Name what a program may delete in `resourceNames`, and leave the rest to the deployment pipeline.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1485', 'matrix:MS-TA9038', 'owasp:K03'],
  lets: 'delete workloads, Services or Secrets',
  rights: [
    { verbs: ['delete', 'deletecollection'], group: '', resources: ['secrets', 'pods', 'services', 'replicationcontrollers'] },
    { verbs: ['delete', 'deletecollection'], group: 'apps', resources: ['deployments', 'replicasets', 'daemonsets', 'statefulsets'] },
    { verbs: ['delete', 'deletecollection'], group: 'batch', resources: ['jobs', 'cronjobs'] },
  ],
  throughStars: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('', ['pods'], ['get', 'delete'])),
      clusterWide(rule('apps', ['deployments', 'statefulsets'], ['deletecollection'])),
    ],
  },
});

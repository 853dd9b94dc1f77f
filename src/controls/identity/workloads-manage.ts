// Workloads make pods: who changes one runs code as its service account, with the power of creating pods and with less notice. Changing
// the image of a running pod counts too.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const workloadsManage = right({
  id: 'identity/workloads-manage',
  aliases: ['KSV-0048', 'access-to-create-pods'],
  severity: 'high',
  title: 'No role changes the workloads of a namespace',
  why: 'A changed workload runs the code of the changer as the service account of the workload, in every replica.',
  fix: 'Name the workloads in `resourceNames` where a program manages its own; leave the others to the deployment pipeline.',
  frameworks: [
    'cis:5.1.4',
    'nsa:authentication-and-authorization',
    'attack:T1610',
    'matrix:MS-TA9012',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'create or change workloads',
  rights: [
    { verbs: ['update', 'patch'], group: '', resources: ['pods'] },
    { verbs: ['create', 'update', 'patch'], group: '', resources: ['replicationcontrollers'] },
    { verbs: ['create', 'update', 'patch'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
    { verbs: ['create', 'update', 'patch'], group: 'batch', resources: ['jobs', 'cronjobs'] },
    { verbs: ['create', 'update', 'patch'], group: 'extensions', resources: ['deployments', 'daemonsets', 'replicasets'] },
  ],
  examples: {
    pass: () => [harmless(), inNamespace(rule('apps', ['deployments'], ['get', 'patch'], ['app']))],
    fail: () => [inNamespace(rule('apps', ['deployments'], ['get', 'patch'])), clusterWide(rule('batch', ['jobs'], ['create']))],
  },
});

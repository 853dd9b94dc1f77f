// RuntimeClasses choose the sandbox a pod runs in, PriorityClasses whose pods give way. Both are of the whole cluster.
import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const classesWrite = right({
  id: 'identity/classes-write',
  aliases: [],
  severity: 'low',
  title: 'No role changes runtime and priority classes',
  why: 'A runtime class without a sandbox brings untrusted pods onto the kernel of the host, and a high priority drives the pods of others from their nodes.',
  fix: 'Leave both to those who run the nodes.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1499', 'owasp:K03'],
  lets: 'choose sandboxes of pods, or whose pods give way',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'node.k8s.io', resources: ['runtimeclasses'] },
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'scheduling.k8s.io', resources: ['priorityclasses'] },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('node.k8s.io', ['runtimeclasses'], ['patch'])),
      clusterWide(rule('scheduling.k8s.io', ['priorityclasses'], ['create'])),
    ],
  },
});

// Binding a pod puts it on a node of choice, past the scheduler and its taints, spread and affinity.
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const podsBind = right({
  id: 'identity/pods-bind',
  aliases: [],
  severity: 'medium',
  title: 'No role puts pods on nodes of choice',
  why: 'The holder runs its pods beside the ones it wants to attack, or on nodes of the control plane, since a binding is not asked about taints.',
  fix: 'Leave `pods/binding` and `bindings` to the scheduler.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1610', 'owasp:K03'],
  lets: 'put pods on nodes of choice',
  rights: [{ verbs: ['create'], group: '', resources: ['pods/binding', 'bindings'] }],
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('', ['pods/binding', 'pods/eviction'], ['create'])),
      clusterWide(rule('', ['bindings', 'pods/eviction'], ['create'])),
    ],
  },
});

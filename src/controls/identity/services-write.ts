// Services and their endpoints decide which pods answer to a name. External addresses (CVE-2020-8554) and endpoints chosen by hand take
// over traffic that NetworkPolicies do not see as foreign.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const servicesWrite = right({
  id: 'identity/services-write',
  aliases: ['KSV-0056'],
  severity: 'medium',
  title: 'No role changes Services or endpoints',
  why: 'The holder leads the traffic of a Service to pods or addresses of choice, and reaches pods the holder could not reach otherwise.',
  fix: 'Name the Services a program manages in `resourceNames`, and leave endpoints to the controllers of Kubernetes.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03'],
  lets: 'change Services and endpoints',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: '', resources: ['services', 'endpoints'] },
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'discovery.k8s.io', resources: ['endpointslices'] },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [inNamespace(rule('', ['services'], ['patch'])), clusterWide(rule('discovery.k8s.io', ['endpointslices'], ['create']))],
  },
});

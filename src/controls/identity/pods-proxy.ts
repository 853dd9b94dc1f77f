// The API server forwards to any port of any pod or Service for those who may use the proxy subresource, from inside the cluster and past
// NetworkPolicies that let the control plane in.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const podsProxy = right({
  id: 'identity/pods-proxy',
  aliases: [],
  severity: 'medium',
  title: 'No role reaches pods and Services through the API server',
  why: 'Ports that no NetworkPolicy or Service opens to the caller are reached through the API server, with the source address of the control plane.',
  fix: 'Drop `pods/proxy` and `services/proxy`; publish what has to be reached with a Service and a policy.',
  frameworks: ['nsa:authentication-and-authorization', 'matrix:MS-TA9034', 'owasp:K03'],
  lets: 'send requests to pods and Services through the API server',
  rights: [{ verbs: ['get', 'create', 'update', 'patch', 'delete'], group: '', resources: ['pods/proxy', 'services/proxy'] }],
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['services/proxy'], ['get']))],
  },
});

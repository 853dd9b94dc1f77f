// The labels of a Namespace carry its Pod Security level, decide which policies select it and which webhooks skip it.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const namespacesWrite = right({
  id: 'identity/namespaces-write',
  aliases: [],
  severity: 'medium',
  title: 'No role changes Namespaces',
  why: 'A changed label lifts the Pod Security level of a namespace or takes it out of the reach of policies and webhooks.',
  fix: 'Leave Namespaces to the pipeline that makes them.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1562.001', 'owasp:K03'],
  lets: 'change Namespaces',
  rights: [{ verbs: ['update', 'patch'], group: '', resources: ['namespaces'] }],
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['namespaces'], ['get', 'patch']))],
  },
});

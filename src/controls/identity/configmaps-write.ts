// ConfigMaps configure programs, and some configure the cluster. Rules limited to named ConfigMaps pass.

import { harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const configmapsWrite = right({
  id: 'identity/configmaps-write',
  aliases: ['KSV-0049'],
  severity: 'low',
  title: 'No role changes every ConfigMap',
  why: 'Changed settings make programs load other code, trust other certificates or talk to other servers.',
  fix: 'Name the ConfigMaps the program changes in `resourceNames`; use Leases for leader election.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03'],
  lets: 'change every ConfigMap',
  rights: [{ verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: '', resources: ['configmaps'] }],
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['configmaps'], ['update', 'patch'], ['app-settings']))],
    fail: () => [inNamespace(rule('', ['configmaps'], ['update']))],
  },
});

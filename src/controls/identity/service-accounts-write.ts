// A service account carries more than a name: annotations give it roles of a cloud (IRSA, workload identity), its pull secrets decide which
// images run. Creation alone gives nothing that exists.
import { harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const serviceAccountsWrite = right({
  id: 'identity/service-accounts-write',
  aliases: [],
  severity: 'medium',
  title: 'No role changes every service account',
  why: 'An annotation makes a service account a role of the cloud, and changed pull secrets bring in images of a registry of choice.',
  fix: 'Name the service accounts a program manages in `resourceNames`, and leave annotations of clouds to reviewed manifests.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1078.004', 'owasp:K03'],
  lets: 'change every service account',
  rights: [{ verbs: ['update', 'patch'], group: '', resources: ['serviceaccounts'] }],
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['serviceaccounts'], ['create', 'get']))],
    fail: () => [inNamespace(rule('', ['serviceaccounts'], ['patch']))],
  },
});

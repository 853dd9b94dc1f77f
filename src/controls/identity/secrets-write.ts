// Who may create a Secret of type kubernetes.io/service-account-token gets a token of any service account of the namespace that never
// ends; who may change Secrets swaps certificates and credentials of running programs.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const secretsWrite = right({
  id: 'identity/secrets-write',
  aliases: ['KSV-0041', 'KSV-0113', 'access-to-secrets'],
  severity: 'high',
  title: 'No role changes every Secret',
  why: 'A new Secret can mint a lasting token of any service account in the namespace, and a changed one replaces the credentials and certificates of running programs.',
  fix: 'Name the Secrets the program changes in `resourceNames`; give creation only to the controllers that need it.',
  frameworks: ['cis:5.1.2', 'nsa:authentication-and-authorization', 'attack:T1528', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:1.5.b'],
  lets: 'create or change Secrets',
  rights: [{ verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: '', resources: ['secrets'] }],
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['secrets'], ['patch', 'update'], ['app-database']))],
    fail: () => [inNamespace(rule('', ['secrets'], ['create'])), clusterWide(rule('', ['secrets'], ['patch']))],
  },
});

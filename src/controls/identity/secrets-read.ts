// Secrets hold the credentials of everything else, and reading them is one request: `list` and `watch` return their contents as well as
// `get` does, for all of them. Rules limited to named Secrets pass. Kubernetes 1.36, "RBAC Good Practices", listing secrets.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const secretsRead = right({
  id: 'identity/secrets-read',
  aliases: ['C-0015', 'C-0186', 'KSV-0041', 'KSV-0113', 'CKV2_K8S_5', 'access-to-secrets'],
  severity: 'high',
  title: 'No role reads every Secret',
  why: 'Whoever may get, list or watch Secrets has their contents: passwords, keys and service account tokens of other programs.',
  fix: 'Name the Secrets the program needs in `resourceNames`, or mount them and drop the right.',
  frameworks: [
    'cis:5.1.2',
    'nsa:authentication-and-authorization',
    'attack:T1552.007',
    'matrix:MS-TA9025',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'read every Secret',
  rights: [{ verbs: ['get', 'list', 'watch'], group: '', resources: ['secrets'] }],
  throughStars: true,
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['secrets'], ['get'], ['app-database']))],
    fail: () => [clusterWide(rule('', ['secrets'], ['watch'])), inNamespace(rule('', ['configmaps', 'secrets'], ['get', 'list']))],
  },
});

// A pod that holds a token good for more tokens: creating or changing pods runs code as any service account in reach, reading Secrets
// yields their contents. Tokens of administrators are judged by workload-admin.

import type { PolicyRule } from '../../identity/rules.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { appAccount, clusterRole, clusterRoleBinding, harmless, role, roleBinding, rule } from './examples.ts';
import { match } from './right.ts';
import { podHolds } from './rights-of-pods.ts';
import { isEverything } from './wildcards.ts';

const takeover = [
  { verbs: ['create', 'update', 'patch'], group: '', resources: ['pods'] },
  { verbs: ['get', 'list', 'watch'], group: '', resources: ['secrets'] },
];

export const workloadTakeover = control({
  id: 'identity/workload-takeover',
  aliases: ['C-0267'],
  severity: 'high',
  title: 'No pod holds a token that yields other tokens',
  why: 'Creating pods or reading Secrets leads from one container to every service account in reach, and often to the cluster.',
  fix: 'Give the service account the rights the program uses, on the Secrets it uses, in the namespaces it works in.',
  frameworks: ['cis:5.1.4', 'nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9016', 'owasp:K03', 'bsi:APP.4.4.A9'],
  on: pods,
  check: podHolds('takeover', leadsOn, 'create pods or read every Secret'),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment({ pod: { automountServiceAccountToken: true } }),
        clusterRole([rule('', ['pods'], ['create'])]),
        clusterRoleBinding([appAccount]),
      ),
      cluster(
        deployment({ pod: { automountServiceAccountToken: true } }),
        role([rule('', ['secrets'], ['list'])]),
        roleBinding([appAccount]),
      ),
      cluster(deployment({ pod: { automountServiceAccountToken: true } }), roleBinding([appAccount], 'ClusterRole', 'edit')),
    ],
  },
  overlaps: ['identity/token-automounted', 'identity/token-with-rights', 'identity/pods-create', 'identity/secrets-read'],
});

function leadsOn(one: PolicyRule): boolean {
  return !isEverything(one) && one.resourceNames.length === 0 && match(one, takeover) !== undefined;
}

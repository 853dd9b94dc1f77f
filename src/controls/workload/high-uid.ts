// Users up to 10000 may be users of the node too: a process that leaves its container then owns their files. Off by default: with user
// namespaces or distinct users per workload the number says little. Linux only; an unset user is named by workload/run-as-user.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withSecurity } from './examples.ts';
import { lowIds } from './low-ids.ts';

export const highUid = control({
  id: 'workload/high-uid',
  aliases: ['KSV-0020', 'CKV_K8S_40', 'container-security-context-user-group-id', 'RunAsUser'],
  severity: 'low',
  title: 'Containers use user ids that no user of the node has',
  why: 'A process that leaves its container has the rights of the user of the node with the same number.',
  fix: 'Choose `runAsUser` above 10000, a different one for each workload, or set `hostUsers: false`.',
  frameworks: ['nsa:non-root-containers', 'owasp:K01'],
  parameters: { above: 10000 },
  enabled: false,
  on: pods,
  check: lowIds('runAsUser', 'as user'),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ spec: { hostUsers: false }, container: { runAsUser: 1000 } }))],
    fail: () => [cluster(withSecurity({ spec: { hostUsers: true }, container: { runAsUser: 1000 } }))],
  },
});

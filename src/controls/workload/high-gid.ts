// Groups up to 10000 may be groups of the node too. Off by default, as workload/high-uid is, and for the same reason. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withSecurity } from './examples.ts';
import { lowIds } from './low-ids.ts';

export const highGid = control({
  id: 'workload/high-gid',
  aliases: ['KSV-0021', 'container-security-context-user-group-id'],
  severity: 'low',
  title: 'Containers use group ids that no group of the node has',
  why: 'A process that leaves its container has the rights of the group of the node with the same number.',
  fix: 'Choose `runAsGroup` above 10000, a different one for each workload, or set `hostUsers: false`.',
  frameworks: ['nsa:non-root-containers', 'owasp:K01'],
  parameters: { above: 10000 },
  enabled: false,
  on: pods,
  check: lowIds('runAsGroup', 'with group'),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ spec: { hostUsers: false }, container: { runAsGroup: 1000 } }))],
    fail: () => [cluster(withSecurity({ spec: { hostUsers: true }, container: { runAsGroup: 1000 } }))],
  },
});

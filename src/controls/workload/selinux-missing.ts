// SELinux options set by hand. Off by default: where nodes have SELinux the runtime gives every container its own categories unasked, and
// elsewhere the options do nothing. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame, effective, onLinux, saysSomething } from './effective.ts';
import { withSecurity } from './examples.ts';

export const seLinuxMissing = control({
  id: 'workload/selinux-missing',
  aliases: ['rule:set-seLinuxOptions'],
  severity: 'low',
  title: 'Containers have SELinux options',
  why: 'A team that manages SELinux by policy wants every workload to carry its level, so that none is forgotten.',
  fix: 'Set `seLinuxOptions.level` in the security context of the pod.',
  frameworks: ['cis:5.6.3', 'nsa:hardened-environments', 'owasp:K01'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod, containers }) =>
    containers
      .filter((container) => !saysSomething(effective(pod, container, 'seLinuxOptions')?.value))
      .map((container) =>
        blame(container, '/securityContext/seLinuxOptions', 'missing', `container "${container.name}" has no SELinux options`),
      ),
  ),
  examples: {
    pass: () => [cluster(withSecurity({ pod: { seLinuxOptions: { level: 's0:c12,c34' } } }))],
    fail: () => [cluster(deployment()), cluster(withContainer({ securityContext: { seLinuxOptions: {} } }))],
  },
});

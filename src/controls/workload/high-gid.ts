// Groups up to 10000 may be groups of the node too. Off by default, as workload/high-uid is, and for the same reason. Linux only.

import { asNumber } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { effective, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

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
  check: onLinux(({ pod, containers }, { parameters }) => {
    if (pod.spec.hostUsers === false) return [];
    const above = asNumber(parameters.above) ?? 0;
    return containers.flatMap((container) => {
      const group = effective(pod, container, 'runAsGroup');
      if (typeof group?.value !== 'number' || group.value > above) return [];
      return [
        fail(group.path, 'low-id', `container "${container.name}" runs with group ${group.value}, which may be one of the node's`, {
          container: container.name,
        }),
      ];
    });
  }),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ spec: { hostUsers: false }, container: { runAsGroup: 1000 } }))],
    fail: () => [cluster(withSecurity({ spec: { hostUsers: true }, container: { runAsGroup: 1000 } }))],
  },
});

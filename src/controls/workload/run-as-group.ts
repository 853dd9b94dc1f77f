// Without `runAsGroup` the primary group is the image's, most often root: files of the image and of mounted volumes that belong to group 0
// are then the container's too. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { blame, effective, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const runAsGroup = control({
  id: 'workload/run-as-group',
  aliases: ['C-0013', 'KSV-0021', 'container-security-context-user-group-id'],
  severity: 'low',
  title: 'The group of a container is set in its pod',
  why: 'Left to the image, the primary group is root in most images, and what group 0 may read or write is open to the container.',
  fix: 'Set `runAsGroup` in the security context of the pod or of the container.',
  frameworks: ['cis:5.2.7', 'nsa:non-root-containers', 'owasp:K01', 'pci:12.3.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod, containers }) =>
    containers
      .filter((container) => typeof effective(pod, container, 'runAsGroup')?.value !== 'number')
      .map((container) =>
        blame(
          container,
          '/securityContext/runAsGroup',
          'missing',
          `container "${container.name}" runs with whatever group its image names`,
        ),
      ),
  ),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ container: { runAsGroup: undefined } }))],
    fail: () => [cluster(withSecurity({ pod: { runAsGroup: undefined }, container: { runAsGroup: undefined } }))],
  },
});

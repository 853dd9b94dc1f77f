// Without `runAsUser` the image decides who the container is: its user may change with the next build, and `runAsNonRoot` cannot check a user
// that the image names by a word. Linux only; which number is a matter of workload/high-uid.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { blame, effective, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const runAsUser = control({
  id: 'workload/run-as-user',
  aliases: ['KSV-0020', 'CKV_K8S_40', 'container-security-context-user-group-id', 'RunAsUser'],
  severity: 'low',
  title: 'The user of a container is set in its pod',
  why: 'Left to the image, the user is root by default and may change with a rebuild, unseen by those who run the pod.',
  fix: 'Set `runAsUser` in the security context of the pod or of the container.',
  frameworks: ['cis:5.2.7', 'nsa:non-root-containers', 'owasp:K01', 'pci:12.3.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod, containers }) =>
    containers
      .filter((container) => typeof effective(pod, container, 'runAsUser')?.value !== 'number')
      .map((container) =>
        blame(container, '/securityContext/runAsUser', 'missing', `container "${container.name}" runs as whatever user its image names`),
      ),
  ),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ container: { runAsUser: undefined } }))],
    fail: () => [cluster(withSecurity({ pod: { runAsUser: undefined }, container: { runAsUser: undefined } }))],
  },
});

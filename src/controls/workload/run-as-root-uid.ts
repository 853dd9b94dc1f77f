// `runAsUser: 0` says outright that the container runs as root, whatever user its image asks for. Pod Security Standards, restricted,
// "Running as Non-root user"; a container whose own user wins over the pod's 0 passes. In a user namespace of its own (1.35) 0 is nobody.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { effective, hasOwnUsers, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const runAsRootUid = control({
  id: 'workload/run-as-root-uid',
  aliases: ['KSV-0105', 'RunAsUserCSCRoot', 'RunAsUserPSCRoot'],
  severity: 'medium',
  title: 'Containers are not told to run as root',
  why: 'Root in a container is root of the node to the kernel: a flaw in the runtime or a mounted path of the node is enough to leave it.',
  fix: 'Set `runAsUser` to a number of its own above 0, or remove it where the image has a user.',
  frameworks: [
    'pss:restricted',
    'cis:5.2.7',
    'nsa:non-root-containers',
    'attack:T1611',
    'owasp:K01',
    'pci:12.3.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: onLinux(({ pod, containers }, context) =>
    hasOwnUsers(pod, context)
      ? []
      : containers.flatMap((container) => {
          const user = effective(pod, container, 'runAsUser');
          if (user?.value !== 0) return [];
          return [fail(user.path, 'root', `container "${container.name}" is told to run as user 0, root`, { container: container.name })];
        }),
  ),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withSecurity({ spec: { hostUsers: true }, pod: { runAsUser: 0 }, container: { runAsUser: 10001 } })),
      cluster(withSecurity({ spec: { hostUsers: false }, container: { runAsUser: 0 } })),
    ],
    fail: () => [
      cluster(withSecurity({ spec: { hostUsers: true }, container: { runAsUser: 0 } })),
      cluster(withSecurity({ spec: { hostUsers: true }, init: { runAsUser: 0 } })),
    ],
  },
});

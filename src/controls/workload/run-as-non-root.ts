// A container runs as root unless `runAsNonRoot: true` or a `runAsUser` other than 0 holds for it, its own before the pod's: images start as
// root by default. Pod Security Standards, restricted, "Running as Non-root", less strict in one point: a numeric user will do.
// Not asked of Windows pods, nor of pods in a user namespace of their own where the standard lets them (1.35).

import type { Container, Pod } from '../../kube/pod/types.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, containerAt, effective, hasOwnUsers, onLinux } from './effective.ts';
import { windowsDeployment, withSecurity } from './examples.ts';

export const runAsNonRoot = control({
  id: 'workload/run-as-non-root',
  aliases: [
    'C-0013',
    'KSV-0012',
    'CKV_K8S_23',
    'run-as-non-root',
    'runAsRootAllowed',
    'RunAsNonRoot',
    'RunAsNonRootCSCFalse',
    'RunAsNonRootPSCNilCSCNil',
    'RunAsNonRootPSCFalseCSCNil',
  ],
  severity: 'medium',
  title: 'Containers cannot run as root',
  why: 'Root in a container is root of the node to the kernel: a flaw in the runtime or a mounted path of the node is enough to leave it.',
  fix: 'Set `runAsNonRoot: true`, and `runAsUser` where the image names its user by a word.',
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
      : containers
          .filter((container) => mayRunAsRoot(pod, container))
          .map((container) => {
            const refused = effective(pod, container, 'runAsNonRoot')?.value === false;
            return blame(
              container,
              '/securityContext/runAsNonRoot',
              refused ? 'root-allowed' : 'root-not-forbidden',
              `container "${container.name}" may run as root: ${refused ? 'runAsNonRoot is false' : 'runAsNonRoot is not set'} and no other user is`,
            );
          }),
  ),
  // With user 0 in force the container would not start.
  repair: ({ path }, object) => {
    const at = containerAt(object, path);
    return at === undefined || effective(at.pod, at.container, 'runAsUser')?.value === 0 ? undefined : setField(object, path, true);
  },
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withSecurity({ spec: { hostUsers: true }, pod: { runAsNonRoot: false }, container: { runAsNonRoot: true } })),
      cluster(windowsDeployment()),
    ],
    fail: () => [
      cluster(
        withSecurity({
          spec: { hostUsers: true },
          pod: { runAsUser: undefined, runAsNonRoot: true },
          container: { runAsUser: undefined, runAsNonRoot: false },
        }),
      ),
      cluster(
        withSecurity({
          spec: { hostUsers: true },
          pod: { runAsUser: undefined, runAsNonRoot: undefined },
          init: { runAsUser: undefined, runAsNonRoot: undefined },
        }),
      ),
    ],
  },
  overlaps: ['workload/run-as-user'],
});

/** True where nothing keeps the container from starting as root. */
export function mayRunAsRoot(pod: Pod, container: Container): boolean {
  if (effective(pod, container, 'runAsNonRoot')?.value === true) return false;
  const user = effective(pod, container, 'runAsUser')?.value;
  return typeof user !== 'number' || user === 0;
}

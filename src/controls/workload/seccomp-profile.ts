// Every container has a seccomp profile: a list of the system calls it may make. Which one, and whether it is switched off on purpose, is a
// matter of workload/seccomp-unconfined. Pod Security Standards, restricted, "Seccomp". Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, isSaidTwice, minorVersion, onLinux } from './effective.ts';
import { windowsDeployment, withSecurity } from './examples.ts';
import { podSpecPath } from './pod-spec-path.ts';
import { seccompProfile as profileOf } from './seccomp.ts';

export const seccompProfile = control({
  id: 'workload/seccomp-profile',
  aliases: [
    'C-0055',
    'KSV-0030',
    'CKV_K8S_31',
    'container-seccomp-profile',
    'SeccompAny',
    'SeccompProfileMissing',
    'SeccompAnnotationMissing',
    'rule:set-seccomp-profile',
  ],
  severity: 'medium',
  title: 'Containers have a seccomp profile',
  why: 'Without a profile every system call is open, among them those that most kernel exploits start with.',
  fix: 'Set `seccompProfile.type: RuntimeDefault` in the security context of the pod.',
  frameworks: [
    'pss:restricted',
    'cis:5.6.2',
    'nsa:hardened-environments',
    'attack:T1611',
    'owasp:K01',
    'pci:9.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: onLinux(({ pod, containers }, context) =>
    containers
      .filter((container) => profileOf(pod, container, minorVersion(context)) === undefined)
      .map((container) =>
        blame(container, '/securityContext/seccompProfile', 'missing', `container "${container.name}" has no seccomp profile`),
      ),
  ),
  repair: ({ path }, object) =>
    isSaidTwice(object, path, 'seccompProfile')
      ? undefined
      : setField(object, `${podSpecPath(path)}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withSecurity({ pod: { seccompProfile: undefined } })),
      cluster(withSecurity({ container: { seccompProfile: undefined } })),
      cluster(windowsDeployment()),
    ],
    fail: () => [cluster(withSecurity({ pod: { seccompProfile: undefined }, container: { seccompProfile: undefined } }))],
  },
});

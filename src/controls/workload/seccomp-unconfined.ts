// A profile that is switched off on purpose, or one that does not exist. Pod Security Standards, baseline, "Seccomp". The container's own
// profile wins over the pod's. Linux only.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { isSaidTwice, minorVersion, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';
import { seccompProfile } from './seccomp.ts';

export const seccompUnconfined = control({
  id: 'workload/seccomp-unconfined',
  aliases: ['KSV-0104', 'KSV-0030', 'SeccompUnconfined', 'SeccompDisabledPod', 'SeccompDisabledContainer'],
  severity: 'medium',
  title: 'Seccomp is not switched off',
  why: 'Unconfined, every system call is open to the container, among them those that most kernel exploits start with.',
  fix: 'Use `RuntimeDefault`; allow single calls through a `Localhost` profile.',
  frameworks: [
    'pss:baseline',
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
    containers.flatMap((container) => {
      const profile = seccompProfile(pod, container, minorVersion(context));
      if (profile === undefined || profile.type === 'RuntimeDefault' || profile.type === 'Localhost') return [];
      const off = profile.type === 'Unconfined';
      return [
        fail(
          profile.path,
          off ? 'unconfined' : 'unknown-profile',
          `container "${container.name}" ${off ? 'runs without seccomp' : `asks for a seccomp profile of type "${profile.type}", which there is not`}`,
          { container: container.name },
        ),
      ];
    }),
  ),
  repair: ({ path }, object) =>
    isSaidTwice(object, path, 'seccompProfile')
      ? undefined
      : setField(object, path, path.includes('/annotations/') ? 'runtime/default' : 'RuntimeDefault'),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ pod: { seccompProfile: { type: 'Unconfined' } } }))],
    fail: () => [
      cluster(withSecurity({ container: { seccompProfile: { type: 'Unconfined' } } })),
      cluster(withSecurity({ pod: { seccompProfile: { type: 'Unconfined' } }, container: { seccompProfile: undefined } })),
    ],
  },
});

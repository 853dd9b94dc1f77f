// The runtime's own profile and no other: CIS asks for it by name. Off by default, since a Localhost profile made for the program is tighter.
// Linux only.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, isSaidTwice, minorVersion, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';
import { podSpecPath } from './pod-spec-path.ts';
import { seccompProfile } from './seccomp.ts';

export const seccompRuntimeDefault = control({
  id: 'workload/seccomp-runtime-default',
  aliases: ['C-0210', 'KSV-0030'],
  severity: 'low',
  title: "Containers have the runtime's default seccomp profile",
  why: 'Profiles of the node are files that someone must write, ship to every node and keep; a missing or lax one goes unnoticed.',
  fix: 'Set `seccompProfile.type: RuntimeDefault`.',
  frameworks: ['cis:5.6.2', 'nsa:hardened-environments', 'owasp:K01'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod, containers }, context) =>
    containers.flatMap((container) => {
      const profile = seccompProfile(pod, container, minorVersion(context));
      if (profile === undefined)
        return [blame(container, '/securityContext/seccompProfile', 'missing', `container "${container.name}" has no seccomp profile`)];
      if (profile.type === 'RuntimeDefault') return [];
      return [
        fail(profile.path, 'other-profile', `the seccomp profile of container "${container.name}" is ${profile.type}`, {
          container: container.name,
        }),
      ];
    }),
  ),
  repair: ({ path, reason }, object) =>
    isSaidTwice(object, path, 'seccompProfile')
      ? undefined
      : reason === 'missing'
        ? setField(object, `${podSpecPath(path)}/securityContext/seccompProfile`, { type: 'RuntimeDefault' })
        : undefined,
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withSecurity({ pod: { seccompProfile: undefined }, container: { seccompProfile: undefined } }))],
  },
  overlaps: ['workload/seccomp-profile'],
});

// None of the kernel's three ways to hold a container back is asked for: no seccomp profile, no AppArmor profile, no SELinux options. Off by
// default, since the controls of seccomp and AppArmor each say more. Dropped capabilities are a matter of their own controls. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { appArmorProfile } from './apparmor.ts';
import { blame, effective, isSaidTwice, minorVersion, onLinux, saysSomething } from './effective.ts';
import { windowsDeployment, withSecurity } from './examples.ts';
import { podSpecPath } from './pod-spec-path.ts';
import { seccompProfile } from './seccomp.ts';

export const linuxHardening = control({
  id: 'workload/linux-hardening',
  aliases: ['linuxHardening'],
  severity: 'low',
  title: 'Containers are held back by at least one of seccomp, AppArmor and SELinux',
  why: 'Nothing but namespaces stands between the container and the kernel of the node.',
  fix: 'Set `seccompProfile.type: RuntimeDefault` in the security context of the pod; it works on every node.',
  frameworks: ['nsa:hardened-environments', 'attack:T1611', 'owasp:K01', 'pci:9.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  enabled: false,
  on: pods,
  check: onLinux(({ pod, containers }, context) => {
    const minor = minorVersion(context);
    return containers
      .filter(
        (container) =>
          seccompProfile(pod, container, minor) === undefined &&
          appArmorProfile(pod, container, minor) === undefined &&
          !saysSomething(effective(pod, container, 'seLinuxOptions')?.value),
      )
      .map((container) =>
        blame(container, '/securityContext', 'none', `container "${container.name}" asks for neither seccomp nor AppArmor nor SELinux`),
      );
  }),
  repair: ({ path }, object) =>
    isSaidTwice(object, path, 'seccompProfile')
      ? undefined
      : setField(object, `${podSpecPath(path)}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
  examples: {
    pass: () => [cluster(deployment()), cluster(windowsDeployment())],
    fail: () => [
      cluster(withSecurity({ pod: { seccompProfile: undefined, appArmorProfile: undefined }, container: { seccompProfile: undefined } })),
    ],
  },
  overlaps: ['workload/seccomp-profile', 'workload/apparmor-profile'],
});

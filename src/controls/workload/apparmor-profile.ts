// An AppArmor profile is asked for by name: where the nodes have AppArmor the runtime's default holds anyway, but asking makes a node without
// it refuse the pod instead of running it unprotected. Linux only; low, since SELinux nodes have no AppArmor at all.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { setField } from '../repair.ts';
import { annotationPath, appArmorProfile as profileOf } from './apparmor.ts';
import { blame, isSaidTwice, minorVersion, onLinux } from './effective.ts';
import { windowsDeployment, withSecurity } from './examples.ts';
import { podSpecPath } from './pod-spec-path.ts';

export const appArmorProfile = control({
  id: 'workload/apparmor-profile',
  aliases: ['ApparmorAny', 'AppArmorAnnotationMissing'],
  severity: 'low',
  title: 'Containers ask for an AppArmor profile',
  why: 'A pod that asks for nothing runs unprotected on a node where AppArmor is off, and nobody notices.',
  fix: 'Set `appArmorProfile.type: RuntimeDefault` in the security context of the pod (Kubernetes 1.30 and later).',
  frameworks: ['nsa:hardened-environments', 'attack:T1611', 'owasp:K01', 'pci:9.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod, containers }, context) => {
    const minor = minorVersion(context);
    return containers
      .filter((container) => profileOf(pod, container, minor) === undefined)
      .map((container) => {
        const detail = `container "${container.name}" asks for no AppArmor profile`;
        return minor < 30
          ? fail(annotationPath(pod, container), 'missing', detail, { container: container.name })
          : blame(container, '/securityContext/appArmorProfile', 'missing', detail);
      });
  }),
  repair: ({ path }, object) =>
    isSaidTwice(object, path, 'appArmorProfile')
      ? undefined
      : path.includes('/annotations/')
        ? setField(object, path, 'runtime/default')
        : setField(object, `${podSpecPath(path)}/securityContext/appArmorProfile`, { type: 'RuntimeDefault' }),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(
        withSecurity({
          pod: { appArmorProfile: undefined },
          container: { appArmorProfile: { type: 'Localhost', localhostProfile: 'shop' } },
        }),
      ),
      cluster(windowsDeployment()),
    ],
    fail: () => [cluster(withSecurity({ pod: { appArmorProfile: undefined } }))],
  },
});

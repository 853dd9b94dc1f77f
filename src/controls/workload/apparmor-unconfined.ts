// AppArmor switched off on purpose, or a profile that does not exist. Pod Security Standards, baseline, "AppArmor". Linux only.

import { asObject } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, podSpec } from '../examples.ts';
import { setField } from '../repair.ts';
import { appArmorProfile } from './apparmor.ts';
import { isSaidTwice, minorVersion, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const appArmorUnconfined = control({
  id: 'workload/apparmor-unconfined',
  aliases: ['KSV-0002', 'AppArmorDisabled'],
  severity: 'medium',
  title: 'AppArmor is not switched off',
  why: "Unconfined, the container may write to the kernel's interfaces and mount what the runtime's default profile forbids.",
  fix: 'Use `RuntimeDefault`, or a `Localhost` profile made for the program.',
  frameworks: ['pss:baseline', 'nsa:hardened-environments', 'attack:T1611', 'owasp:K01', 'pci:9.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod, containers }, context) =>
    containers.flatMap((container) => {
      const profile = appArmorProfile(pod, container, minorVersion(context));
      if (profile === undefined || profile.type === 'RuntimeDefault' || profile.type === 'Localhost') return [];
      const off = profile.type === 'Unconfined';
      return [
        fail(
          profile.path,
          off ? 'unconfined' : 'unknown-profile',
          `container "${container.name}" ${off ? 'runs without AppArmor' : `asks for an AppArmor profile "${profile.type}", which there is not`}`,
          { container: container.name },
        ),
      ];
    }),
  ),
  repair: ({ path }, object) =>
    isSaidTwice(object, path, 'appArmorProfile')
      ? undefined
      : setField(object, path, path.includes('/annotations/') ? 'runtime/default' : 'RuntimeDefault'),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withSecurity({ container: { appArmorProfile: { type: 'Unconfined' } } })),
      cluster(
        deployment({
          pod: { securityContext: { ...asObject(podSpec().securityContext), appArmorProfile: undefined } },
          podMetadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } },
        }),
      ),
    ],
  },
});

// AppArmor switched off on purpose, or a profile that does not exist. Pod Security Standards, baseline, "AppArmor". Linux only.

import { asObject } from '../../lib/json.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment, podSpec } from '../examples.ts';
import { appArmorProfile } from './apparmor.ts';
import { withSecurity } from './examples.ts';
import { confine, unconfined } from './unconfined.ts';

export const appArmorUnconfined = control({
  id: 'workload/apparmor-unconfined',
  aliases: ['KSV-0002', 'AppArmorDisabled'],
  severity: 'medium',
  title: 'AppArmor is not switched off',
  why: "Unconfined, the container may write to the kernel's interfaces and mount what the runtime's default profile forbids.",
  fix: 'Use `RuntimeDefault`, or a `Localhost` profile made for the program.',
  frameworks: ['pss:baseline', 'nsa:hardened-environments', 'attack:T1611', 'owasp:K01', 'pci:9.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: unconfined(appArmorProfile, 'AppArmor', (type) => `asks for an AppArmor profile "${type}"`),
  repair: confine('appArmorProfile'),
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

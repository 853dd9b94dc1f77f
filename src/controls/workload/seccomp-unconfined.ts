// A profile that is switched off on purpose, or one that does not exist. Pod Security Standards, baseline, "Seccomp". The container's own
// profile wins over the pod's. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withSecurity } from './examples.ts';
import { seccompProfile } from './seccomp.ts';
import { confine, unconfined } from './unconfined.ts';

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
  check: unconfined(seccompProfile, 'seccomp', (type) => `asks for a seccomp profile of type "${type}"`),
  repair: confine('seccompProfile'),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ pod: { seccompProfile: { type: 'Unconfined' } } }))],
    fail: () => [
      cluster(withSecurity({ container: { seccompProfile: { type: 'Unconfined' } } })),
      cluster(withSecurity({ pod: { seccompProfile: { type: 'Unconfined' } }, container: { seccompProfile: undefined } })),
    ],
  },
});

// Runtimes hide parts of /proc that belong to the node; `procMount: Unmasked` shows them again, and lets the container write there. Pod
// Security Standards, baseline, "/proc Mount Type": from 1.35 a pod in its own user namespace may. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';
import { standardOutcomes } from './standard.ts';

export const procMount = control({
  id: 'workload/proc-mount',
  aliases: ['KSV-0027', 'unsafe-proc-mount', 'procMount', 'rule:set-procmount-default'],
  severity: 'high',
  title: 'The masks over /proc stay in place',
  why: 'Through the unmasked /proc a container reads keys and timers of the kernel, changes its parameters and can make the node run a program.',
  fix: 'Remove `procMount`; builders of images need it only in a user namespace of their own (`hostUsers: false`).',
  frameworks: [
    'pss:baseline',
    'cis:5.6.3',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  overlaps: ['hygiene/rejected-by-server'],
  on: pods,
  check: onLinux(({ pod }, context) => standardOutcomes(pod, context, 'procMount', 'unmasked', (owner) => `${owner} unmasks /proc`)),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ spec: { hostUsers: false }, container: { procMount: 'Unmasked' } }))],
    fail: () => [
      cluster(withSecurity({ spec: { hostUsers: true }, container: { procMount: 'Unmasked' } })),
      cluster(withSecurity({ spec: { hostUsers: true }, init: { procMount: 'Unmasked' } })),
    ],
  },
});

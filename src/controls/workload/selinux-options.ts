// SELinux keeps containers apart by their type and categories; a type, user or role of one's own leaves that order. Pod Security Standards,
// baseline, "SELinux"; the allowed types are those of the cluster's version. Linux only.

import { tokens } from '../../lib/json-pointer.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';
import { standardOutcomes } from './standard.ts';

export const seLinuxOptions = control({
  id: 'workload/selinux-options',
  aliases: ['KSV-0025'],
  severity: 'medium',
  title: 'Pods keep to the SELinux types of containers',
  why: 'With a type such as spc_t, or a user or role of its own, SELinux holds the container no more than a process of the node.',
  fix: 'Remove `type`, `user` and `role`; `level` is enough to keep workloads apart.',
  frameworks: [
    'pss:baseline',
    'cis:5.6.3',
    'nsa:hardened-environments',
    'attack:T1611',
    'owasp:K01',
    'pci:9.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: onLinux(({ pod }, context) =>
    standardOutcomes(
      pod,
      context,
      'seLinuxOptions',
      'custom',
      (owner, path) => `${owner} sets an SELinux ${tokens(path).at(-1)} of its own`,
    ),
  ),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ pod: { seLinuxOptions: { level: 's0:c12,c34', type: 'container_t' } } }))],
    fail: () => [
      cluster(withContainer({ securityContext: { seLinuxOptions: { type: 'spc_t' } } })),
      cluster(withSecurity({ pod: { seLinuxOptions: { user: 'system_u', role: 'sysadm_r' } } })),
    ],
  },
});

// SYS_MODULE loads code into the node's kernel. ALL is named by workload/sys-admin-capability.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { adds } from './capabilities.ts';

export const sysModuleCapability = control({
  id: 'workload/sys-module-capability',
  aliases: ['KSV-0120'],
  severity: 'critical',
  title: 'Containers do not add SYS_MODULE',
  why: 'A container that loads kernel modules runs its own code in the kernel of the node, above every other protection.',
  fix: 'Remove the capability and load the module when the node is set up.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.9',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: adds(['SYS_MODULE'], 'sys-module'),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['SYS_MODULE'] } } }))],
  },
  overlaps: ['workload/insecure-capabilities'],
});

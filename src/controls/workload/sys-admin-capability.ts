// SYS_ADMIN is the capability that the kernel asks for whatever no other one covers: mounting, namespaces, devices. A container that has it,
// or ALL, is privileged in all but name. `CAP_SYS_ADMIN` is the same to runtimes.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { adds } from './capabilities.ts';

export const sysAdminCapability = control({
  id: 'workload/sys-admin-capability',
  aliases: ['C-0057', 'KSV-0005', 'CKV_K8S_39', 'CapSysAdmin', 'dangerousCapabilities'],
  severity: 'critical',
  title: 'Containers do not add SYS_ADMIN',
  why: "With SYS_ADMIN a container mounts the node's disk or its control groups and runs code on the node: it is a privileged container.",
  fix: 'Remove the capability; name the one system call or device that is needed and allow only that.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.9',
    'nsa:pod-security',
    'attack:T1611',
    'matrix:MS-TA9018',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: adds(['SYS_ADMIN', 'ALL'], 'sys-admin'),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['CAP_SYS_ADMIN'] } } })),
      cluster(withInitContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['ALL'] } } })),
    ],
  },
  overlaps: ['hygiene/rejected-by-server', 'workload/insecure-capabilities', 'workload/net-raw'],
});

// Container runtimes hand out a dozen capabilities by default; few programs need any. Pod Security Standards, restricted, "Capabilities":
// `drop` holds the literal `ALL`. `all` is not it, and neither is a list of every name. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { capabilities, dropsAll } from './capabilities.ts';
import { blame, onLinux } from './effective.ts';
import { windowsDeployment } from './examples.ts';

export const dropAllCapabilities = control({
  id: 'workload/drop-all-capabilities',
  aliases: [
    'KSV-0003',
    'KSV-0106',
    'CKV_K8S_37',
    'insecureCapabilities',
    'CapDropAll',
    'CapabilityShouldDropAll',
    'CapabilityOrSecurityContextMissing',
  ],
  severity: 'low',
  title: 'Containers drop all capabilities',
  why: 'Capabilities the program never uses are there for an intruder: to change owners of files, to forge packets, to enter other roots.',
  fix: 'Set `capabilities.drop: ["ALL"]` and add back what the program is shown to need.',
  frameworks: [
    'pss:restricted',
    'cis:5.2.9',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  on: pods,
  check: onLinux(({ containers }) =>
    containers
      .filter((container) => !dropsAll(container))
      .map((container) => {
        const misspelt = capabilities(container, 'drop').find(({ name }) => name === 'ALL');
        return blame(
          container,
          '/securityContext/capabilities/drop',
          misspelt === undefined ? 'kept' : 'misspelt',
          misspelt === undefined
            ? `container "${container.name}" keeps capabilities it may not need`
            : `container "${container.name}" drops "${misspelt.written}", which is not "ALL"`,
        );
      }),
  ),
  repair: ({ path }, object) => setField(object, path, ['ALL']),
  examples: {
    pass: () => [cluster(deployment()), cluster(windowsDeployment())],
    fail: () => [
      cluster(withContainer({ securityContext: { capabilities: { drop: ['all', 'NET_RAW'] } } })),
      cluster(withInitContainer({ securityContext: { capabilities: { drop: ['NET_RAW', 'MKNOD'] } } })),
    ],
  },
});

// A Windows HostProcess container is a process of the node. Pod Security Standards, baseline, "HostProcess".

import { control, pods } from '../control.ts';
import { cluster } from '../examples.ts';
import { windowsDeployment } from './examples.ts';
import { standardOutcomes } from './standard.ts';

export const windowsHostProcess = control({
  id: 'workload/windows-host-process',
  aliases: ['KSV-0103', 'hostProcess', 'rule:set-hostprocess-true'],
  severity: 'critical',
  title: 'Windows containers are no processes of the node',
  why: 'A HostProcess container has the files, the network and most often the system account of the node: it is the node.',
  fix: 'Remove `hostProcess: true` with the `hostNetwork` that it needs; leave it to node agents in a namespace of their own.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.10',
    'nsa:pod-security',
    'attack:T1611',
    'matrix:MS-TA9018',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
  ],
  on: pods,
  check: ({ pod }, context) =>
    standardOutcomes(pod, context, 'windowsHostProcess', 'host-process', (owner) => `${owner} runs as a process of the Windows node`),
  examples: {
    pass: () => [cluster(windowsDeployment())],
    fail: () => [
      cluster(
        windowsDeployment({
          spec: { hostNetwork: true },
          pod: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } },
        }),
      ),
      cluster(
        windowsDeployment({
          spec: { hostNetwork: true },
          container: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\Local service' } },
        }),
      ),
    ],
  },
  overlaps: ['workload/host-network'],
});

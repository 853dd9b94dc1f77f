// NET_RAW is among the capabilities handed out by default: with it a container forges packets and answers for its neighbours (ARP, DNS) on the
// node's bridge. Kept unless NET_RAW or ALL is dropped, and regained by adding it. Linux only.

import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { capabilities } from './capabilities.ts';
import { blame, onLinux } from './effective.ts';

export const netRaw = control({
  id: 'workload/net-raw',
  aliases: ['CKV_K8S_28', 'drop-net-raw-capability', 'rule:drop-capability-netraw'],
  severity: 'low',
  title: 'Containers cannot forge network packets',
  why: 'A compromised container impersonates other pods and the DNS server on the network of the node, where policies trust addresses.',
  fix: 'Drop `ALL`, or at least `NET_RAW`, and do not add it back; ping works without it on current kernels.',
  frameworks: ['cis:5.2.8', 'nsa:pod-security', 'matrix:MS-TA9036', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4'],
  on: pods,
  check: onLinux(({ containers }) =>
    containers.flatMap((container) => {
      const added = capabilities(container, 'add').find(({ name }) => name === 'NET_RAW' || name === 'ALL');
      if (added !== undefined)
        return [blame(container, added.suffix, 'added', `container "${container.name}" adds ${added.written}, and with it NET_RAW`)];
      // Runtimes read `all` in any case, though the standard does not.
      if (capabilities(container, 'drop').some(({ name }) => name === 'NET_RAW' || name === 'ALL')) return [];
      return [
        blame(
          container,
          '/securityContext/capabilities/drop',
          'kept',
          `container "${container.name}" keeps NET_RAW, which is given by default`,
        ),
      ];
    }),
  ),
  repair: ({ path, reason }, object) => (reason === 'kept' ? setField(object, path, ['ALL']) : undefined),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ securityContext: { capabilities: { drop: ['MKNOD'] } } }))],
  },
  overlaps: ['workload/drop-all-capabilities'],
});

// Edge net-raw. Forges packets on its node.

import { byContainer } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities } from '../settings.ts';

export const netRaw = byContainer({
  id: 'net-raw',
  title: 'Forges packets on its node',
  needs: 'NET_ADMIN or NET_RAW, added, or hostNetwork',
  gains: 'traffic of its node',
  technique: { attack: 'T1557', matrix: 'ARP poisoning and IP spoofing' },
  fix: 'drop NET_RAW and NET_ADMIN, run without hostNetwork',
  effort: 1,
  cost: 2,
  opens: (container, pod) => {
    const paths = [
      ...capabilities(container, ['NET_ADMIN', 'NET_RAW']),
      ...(pod.spec.hostNetwork === true ? [pod.at('/hostNetwork')] : []),
    ];
    return paths.length === 0 ? undefined : { paths, text: 'packets of its own making' };
  },
  gain: ({ graph }) => [graph.vertex('effect', '', 'traffic of a node read and forged')],
  example: { objects: [pod({ securityContext: { capabilities: { add: ['NET_RAW'] } } })] },
});

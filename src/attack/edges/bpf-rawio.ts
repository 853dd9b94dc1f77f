// Edge bpf-rawio. Reads memory and disks of its node.

import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities, hasUserNamespace } from '../settings.ts';

export const bpfRawio = byContainer({
  id: 'bpf-rawio',
  title: 'Reads memory and disks of its node',
  needs: 'CAP_BPF, CAP_PERFMON, CAP_SYS_RAWIO or CAP_MKNOD, added',
  gains: 'memory and disks of its node',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'drop the capability',
  effort: 1,
  cost: 2,
  opens: (container, pod) => {
    const paths = capabilities(container, ['BPF', 'PERFMON', 'SYS_RAWIO', 'MKNOD']);
    return paths.length === 0 ? undefined : { paths, text: 'a capability over memory or devices', known: !hasUserNamespace(pod) };
  },
  gain: itsNodes,
  example: { objects: [pod({ securityContext: { capabilities: { add: ['SYS_RAWIO'] } } })] },
});

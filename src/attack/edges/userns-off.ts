// Edge userns-off. An unmasked /proc shows kernel settings of the node, which root of the node may write.

import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { hasUserNamespace, mayBeRoot } from '../settings.ts';

export const usernsOff = byContainer({
  id: 'userns-off',
  title: 'Writes kernel settings of its node',
  needs: 'procMount: Unmasked, root, and no user namespace',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'leave /proc masked, or set hostUsers: false',
  effort: 1,
  cost: 3,
  opens: (container, pod) =>
    container.securityContext.procMount === 'Unmasked' && mayBeRoot(container, pod) && !hasUserNamespace(pod)
      ? { paths: [container.at('/securityContext/procMount')], text: 'procMount: Unmasked as root of the node' }
      : undefined,
  gain: itsNodes,
  example: { objects: [pod({ securityContext: { procMount: 'Unmasked' } })] },
});

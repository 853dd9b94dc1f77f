// Edge sys-admin. Mounts what it likes.

import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities, hasUserNamespace } from '../settings.ts';

export const sysAdmin = byContainer({
  id: 'sys-admin',
  title: 'Mounts what it likes',
  needs: 'CAP_SYS_ADMIN',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'drop SYS_ADMIN',
  effort: 2,
  cost: 2,
  opens: (container, pod) => {
    const paths = capabilities(container, ['SYS_ADMIN']);
    return paths.length === 0 ? undefined : { paths, text: 'the capability SYS_ADMIN', known: !hasUserNamespace(pod) };
  },
  gain: itsNodes,
  example: { objects: [pod({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })] },
});

// Edge sys-module. Loads a kernel module.

import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities, hasUserNamespace } from '../settings.ts';

export const sysModule = byContainer({
  id: 'sys-module',
  title: 'Loads a kernel module',
  needs: 'CAP_SYS_MODULE',
  gains: 'the kernel of its node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'drop SYS_MODULE',
  effort: 1,
  cost: 1,
  opens: (container, pod) => {
    const paths = capabilities(container, ['SYS_MODULE']);
    return paths.length === 0 ? undefined : { paths, text: 'the capability SYS_MODULE', known: !hasUserNamespace(pod) };
  },
  gain: itsNodes,
  example: { objects: [pod({ securityContext: { capabilities: { add: ['SYS_MODULE'] } } })] },
});

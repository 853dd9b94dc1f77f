// Edge win-hostprocess. Runs as a process of its Windows node.

import { dig } from '../../lib/json.ts';
import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';

export const winHostprocess = byContainer({
  id: 'win-hostprocess',
  title: 'Runs as a process of its Windows node',
  needs: 'windowsOptions.hostProcess: true',
  gains: 'administrator of its node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'run without hostProcess',
  effort: 2,
  cost: 1,
  opens: (container, pod) => {
    const own = dig(container.securityContext, 'windowsOptions', 'hostProcess');
    if ((own ?? dig(pod.securityContext, 'windowsOptions', 'hostProcess')) !== true) return undefined;
    return {
      paths: [
        own === true ? container.at('/securityContext/windowsOptions/hostProcess') : pod.at('/securityContext/windowsOptions/hostProcess'),
      ],
      text: 'hostProcess: true',
    };
  },
  gain: itsNodes,
  example: { objects: [pod({ securityContext: { windowsOptions: { hostProcess: true } } })] },
});

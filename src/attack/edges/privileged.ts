// Edge privileged. A privileged container has every capability and every device of its node; in a user namespace of its own it has less,
// which is not worked out.

import { byContainer, type ContainerEdge, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { setting } from '../repair.ts';
import { hasUserNamespace, isPrivileged } from '../settings.ts';

/** What the edge is made of; others are closed with it. */
export const privilegedSetting: ContainerEdge = {
  id: 'privileged',
  title: 'Leaves a privileged container',
  needs: 'privileged: true',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'run without privileged',
  effort: 2,
  cost: 1,
  opens: (container, pod) =>
    isPrivileged(container)
      ? { paths: [container.at('/securityContext/privileged')], text: 'privileged: true', known: !hasUserNamespace(pod) }
      : undefined,
  gain: itsNodes,
  close: (object, _pod, opening) => opening.paths.flatMap((path) => setting(object, path, false)),
  example: { objects: [pod({ securityContext: { privileged: true } })] },
};

export const privileged = byContainer(privilegedSetting);

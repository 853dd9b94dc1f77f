// Edge core-pattern. The kernel runs the program that core_pattern names, as root of the node, when a process dies.

import { byContainer, itsNodes } from '../by-container.ts';
import { hostPath } from '../examples.ts';
import { holds, hostMounts, mayBeRoot } from '../settings.ts';

export const corePattern = byContainer({
  id: 'core-pattern',
  title: 'Has the kernel run a program',
  needs: 'a writable hostPath that holds /proc/sys/kernel/core_pattern, and root',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: 'Writable hostPath mount' },
  fix: 'mount no /proc of the node',
  effort: 1,
  cost: 1,
  opens: (container, pod) => {
    const found = hostMounts(container, pod).filter(
      ({ host, readOnly }) => !readOnly && host !== '/' && holds(host, '/proc/sys/kernel/core_pattern') && mayBeRoot(container, pod),
    );
    return found.length === 0 ? undefined : { paths: found.map(({ path }) => path), text: `hostPath ${found[0]?.host}, writable, as root` };
  },
  gain: itsNodes,
  example: { objects: [hostPath('/proc/sys/kernel')] },
});

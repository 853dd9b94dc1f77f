// Edge hostpid-nsenter. With the processes of the node in sight, a capability to trace or to enter them is enough.

import { byContainer, itsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities, isPrivileged } from '../settings.ts';
import { privilegedSetting } from './privileged.ts';

export const hostpidNsenter = byContainer({
  id: 'hostpid-nsenter',
  title: 'Enters the processes of its node',
  needs: 'hostPID with privileged, or with SYS_ADMIN and SYS_PTRACE',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: 'Privileged container' },
  fix: 'run without hostPID',
  effort: 2,
  cost: 1,
  opens: (container, pod) => {
    if (pod.spec.hostPID !== true) return undefined;
    const [admin, trace] = [capabilities(container, ['SYS_ADMIN']), capabilities(container, ['SYS_PTRACE'])];
    if (!isPrivileged(container) && (admin.length === 0 || trace.length === 0)) return undefined;
    return { paths: [pod.at('/hostPID')], text: 'hostPID: true with the means to enter processes' };
  },
  gain: itsNodes,
  closedBy: (container) =>
    isPrivileged(container) && capabilities(container, ['SYS_ADMIN', 'SYS_PTRACE']).length < 2 ? [privilegedSetting] : [],
  example: {
    objects: [pod({ securityContext: { capabilities: { add: ['SYS_ADMIN', 'SYS_PTRACE'] } } }, { hostPID: true })],
    also: ['sys-admin'],
  },
});

// A sandbox shares the node's kernel unless its RuntimeClass puts another one in between: gVisor, Kata Containers and their like.

import { asString, strings } from '../../lib/json.ts';
import { control, fail } from '../control.ts';
import { cluster } from '../examples.ts';
import { sandboxPods, sandboxTemplate } from './target.ts';

export const runtimeClass = control({
  id: 'sandbox/runtime-class',
  aliases: ['C-0297'],
  severity: 'high',
  title: 'Agent sandboxes run under a hardened runtime',
  why: 'Code that a model wrote or fetched runs here; with a plain runtime any flaw of the kernel lets it out onto the node.',
  fix: 'Set runtimeClassName to a RuntimeClass of gVisor, Kata Containers or another isolating runtime.',
  frameworks: ['attack:T1611', 'owasp:K01', 'bsi:APP.4.4.A15'],
  parameters: { hardened: ['gvisor', 'kata', 'kata-qemu', 'kata-clh', 'kata-fc'] },
  on: sandboxPods,
  check: ({ pod }, { parameters }) => {
    const name = asString(pod.spec.runtimeClassName) ?? '';
    if (strings(parameters.hardened).includes(name)) return [];
    const path = pod.at('/runtimeClassName');
    return [
      name === ''
        ? fail(path, 'missing', 'no RuntimeClass is named')
        : fail(path, 'not-hardened', `RuntimeClass "${name}" is not among the hardened ones`),
    ];
  },
  examples: {
    pass: () => [cluster(sandboxTemplate())],
    fail: () => [
      cluster(sandboxTemplate({ pod: { runtimeClassName: 'runc' } })),
      cluster(sandboxTemplate({ pod: { runtimeClassName: '' } })),
    ],
  },
});

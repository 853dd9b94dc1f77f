// `cofferdam simulate`: its words and flags.

import { admissionFlags } from '../admission-flags.ts';
import type { Command } from '../command.ts';
import { featureFlags } from '../feature-flags.ts';
import { common } from '../flags.ts';

export const simulate: Command = {
  name: 'simulate',
  summary: 'a local API server to point kubectl at, over manifests or a saved snapshot; nothing is scheduled or run',
  words: '[path...]',
  flags: [
    { flags: '--listen <address>', description: 'host and port; port 0 takes a free one', default: '127.0.0.1:6443' },
    {
      flags: '--kubeconfig-out <file>',
      description: "where the administrator's kubeconfig is written, with a key that was made for it",
      default: 'simulated.kubeconfig',
    },
    { flags: '--save <file>', description: 'keep the state in a file: read at the start where it is there, else from the paths' },
    { flags: '--audit-log <file>', description: 'append an audit event for every request, at level Metadata' },
    { flags: '--play', description: 'play the controllers: owners make pods, which are bound to nodes and run, in words alone' },
    ...admissionFlags,
    ...featureFlags,
    {
      flags: '--kubernetes-version <version>',
      description: 'whose API versions and fields are served, such as 1.34 (default: that of the cluster, else 1.36)',
    },
    { flags: '-n, --namespace <name>', description: 'for objects that name none', default: 'default' },
    ...common,
  ],
  examples: [
    'cofferdam simulate cluster.json.gz',
    'cofferdam simulate --listen 127.0.0.1:0 --kubeconfig-out /tmp/sim deploy/ && kubectl --kubeconfig /tmp/sim get pods -A',
    'cofferdam simulate --save state.json --audit-log audit.log',
  ],
  load: async () => ({ run: (await import('./run.ts')).run }),
};

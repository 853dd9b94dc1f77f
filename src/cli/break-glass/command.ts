// `cofferdam break-glass`: keys and tokens that open the admission webhook in an emergency.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const breakGlassKey: Command = {
  name: 'break-glass key',
  summary: 'makes a pair of keys for break-glass tokens: the private one for the signer, the public one for cofferdam admit',
  words: '<private-key-file>',
  flags: [...common],
  examples: ['cofferdam break-glass key break-glass.key > break-glass.pub'],
  load: () => import('./key.ts'),
};

export const breakGlassIssue: Command = {
  name: 'break-glass issue',
  summary: 'signs a token that lets one user past denials for a short while; it goes into the annotation cofferdam.dev/break-glass',
  words: '',
  flags: [
    { flags: '--key <file>', description: 'the private key, PEM' },
    { flags: '--user <name>', description: 'the user name as the cluster knows it' },
    { flags: '--namespace <pattern>', description: 'the namespaces that it opens; "*" is all, and what is in none', repeatable: true },
    { flags: '--operation <name>', description: 'CREATE, UPDATE, DELETE or CONNECT (default: all)', repeatable: true },
    { flags: '--reason <text>', description: 'why; it is in every record' },
    { flags: '--for <duration>', description: 'how long, up to 4h', default: '30m' },
    ...common,
  ],
  examples: ["cofferdam break-glass issue --key break-glass.key --user anna@example.com --namespace shop --reason 'INC-42, rollback'"],
  load: () => import('./issue.ts'),
};

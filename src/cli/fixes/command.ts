// `cofferdam fixes`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';
import { threatFlags } from '../paths/command.ts';

export const fixes: Command = {
  name: 'fixes',
  summary: 'the smallest set of changes that closes every attack path, what each closes and breaks, and the proof',
  words: '[path...]',
  flags: [
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    ...threatFlags,
    {
      flags: '--audit <file>',
      description: 'audit logs of the API server: recorded requests that a change would refuse',
      repeatable: true,
    },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam fixes deploy/',
    'cofferdam fixes -A --from internet --to cluster-admin --audit audit.log',
    'cofferdam fixes deploy/ -o json',
  ],
  load: () => import('./run.ts'),
};

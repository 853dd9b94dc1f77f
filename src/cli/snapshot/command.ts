// `cofferdam snapshot save|show`: their words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const snapshotSave: Command = {
  name: 'snapshot save',
  summary: 'a cluster (the current context, unless paths are given) as one file, the values of Secrets removed',
  words: '[path...]',
  flags: [
    { flags: '-o, --output <file>', description: 'where to write; gzipped when it ends in .gz (default: stdout)' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam snapshot save -o cluster.json.gz',
    'cofferdam snapshot save --context production -n shop -o shop.json',
    'cofferdam scan cluster.json.gz',
  ],
  load: async () => ({ run: (await import('./save.ts')).run }),
};

export const snapshotShow: Command = {
  name: 'snapshot show',
  summary: 'what a saved snapshot holds: its age, objects by kind, what was not read',
  words: '<file>',
  flags: [{ flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true }, ...common],
  examples: ['cofferdam snapshot show cluster.json.gz'],
  load: async () => ({ run: (await import('./show.ts')).run }),
};

// `cofferdam config view`: its words and flags.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const configView: Command = {
  name: 'config view',
  summary: 'show every setting in force and where its value came from',
  words: '',
  flags: [{ flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true }, ...common],
  examples: ['cofferdam config view'],
  load: () => import('./run.ts'),
};

// `cofferdam controls`: its words and flags.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const controls: Command = {
  name: 'controls',
  summary: 'list the catalogue of controls',
  words: '[id]',
  flags: [
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    { flags: '--framework <name>', description: 'only those that a framework asks for: pss, cis, nsa, attack, owasp, …' },
    { flags: '--severity <severity>', description: 'only of this severity', choices: ['critical', 'high', 'medium', 'low'] },
    ...common,
  ],
  examples: ['cofferdam controls', 'cofferdam controls --framework cis', 'cofferdam controls KSV-0017 -o json'],
  load: () => import('./run.ts'),
};

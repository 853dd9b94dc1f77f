// `cofferdam explain`: its words and flags.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'say all about one control: why it matters, how it is repaired, how it looks right and wrong',
  words: '<id>',
  flags: [{ flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true }, ...common],
  examples: ['cofferdam explain workload/privileged', 'cofferdam explain C-0057', 'cofferdam explain CKV_K8S_16'],
  load: () => import('./run.ts'),
};

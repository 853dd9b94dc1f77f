// `cofferdam what-if`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';
import { threatFlags } from '../paths/command.ts';

export const whatIf: Command = {
  name: 'what-if',
  summary: 'the attack paths that a change would open and close',
  words: '[path...]',
  flags: [
    {
      flags: '-f, --filename <change>',
      description: 'manifests to apply (with the annotation cofferdam.dev/remove: "true": to delete), or a JSON list of {target, patch}',
      repeatable: true,
    },
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    ...threatFlags,
    ...clusterFlags,
    ...common,
  ],
  examples: ['cofferdam what-if deploy/ -f change.yaml', 'cofferdam what-if -A -f patches.json --from internet'],
  load: () => import('./run.ts'),
};

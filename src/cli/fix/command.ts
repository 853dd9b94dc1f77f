// `cofferdam fix`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const fix: Command = {
  name: 'fix',
  summary: 'the smallest patches for what can be repaired: a diff, or with --write the files themselves',
  words: '[path...]',
  flags: [
    { flags: '--write', description: 'change the files; comments and layout stay' },
    { flags: '-o, --output <format[=file]>', description: 'diff (default), json', repeatable: true },
    { flags: '--control <id>', description: 'only repairs of these controls, by any of their names', repeatable: true },
    { flags: '--skip-control <id>', description: 'all controls but these', repeatable: true },
    { flags: '--framework <name>', description: 'only controls that a framework asks for', repeatable: true },
    { flags: '--all-controls', description: 'the ones that are off by default too' },
    {
      flags: '--fail-on <severity>',
      description: 'exit 1 where a finding from this severity on is left (default: never)',
      choices: ['critical', 'high', 'medium', 'low', 'never'],
    },
    { flags: '--kubernetes-version <version>', description: 'whose semantics apply, such as 1.34' },
    { flags: '--waivers <file>', description: 'a file of waivers; what is waived is not repaired', repeatable: true },
    { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam fix deploy/ | git apply',
    'cofferdam fix deploy/ --control workload/privileged --write',
    'cofferdam fix -A -o json',
  ],
  load: () => import('./run.ts'),
};

// `cofferdam diff`: its words and flags.

import { admissionFlags } from '../admission-flags.ts';
import type { Command } from '../command.ts';
import { featureFlags } from '../feature-flags.ts';
import { common } from '../flags.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'what a change opens and closes: two sets of manifests, snapshots or saved results',
  words: '<base> <head>',
  flags: [
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    {
      flags: '--fail-on <severity>',
      description: 'exit 1 where the change opens a finding from this severity on (default: high)',
      choices: ['critical', 'high', 'medium', 'low', 'never'],
    },
    { flags: '--control <id>', description: 'only these controls, by any of their names', repeatable: true },
    { flags: '--skip-control <id>', description: 'all controls but these', repeatable: true },
    { flags: '--framework <name>', description: 'only controls that a framework asks for', repeatable: true },
    { flags: '--all-controls', description: 'the ones that are off by default too' },
    {
      flags: '--kubernetes-version <version>',
      description: 'whose semantics apply, such as 1.34 (default for --server: that of the base, else 1.36)',
    },
    { flags: '--waivers <file>', description: 'a file of waivers', repeatable: true },
    { flags: '--server', description: 'send the head to the API server of the base, offline: what would be refused, warned of, changed' },
    { flags: '--as <user>', description: 'with --server: the user who sends it (default: an administrator)' },
    { flags: '--as-group <group>', description: "with --server: the user's groups", repeatable: true },
    ...admissionFlags,
    ...featureFlags,
    { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
    ...common,
  ],
  examples: [
    'cofferdam diff main/deploy/ branch/deploy/',
    'cofferdam diff cluster.json.gz deploy/ -o json',
    'cofferdam diff last-scan.json deploy/ --fail-on medium',
    'cofferdam diff --server --as system:serviceaccount:ci:deployer cluster.json.gz deploy/',
  ],
  load: () => import('./run.ts'),
};

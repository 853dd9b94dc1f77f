// `cofferdam scan`: its words and flags.

import type { Command } from '../command.ts';

export const scan: Command = {
  name: 'scan',
  summary: 'find what is wrong in manifests or a cluster, where, why, and the patch that repairs it',
  words: '[path...]',
  flags: [
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    { flags: '--kubernetes-version <version>', description: 'whose semantics apply, such as 1.34' },
  ],
  examples: ['cofferdam scan manifests/', 'kustomize build . | cofferdam scan - -o sarif=findings.sarif'],
  load: () => import('./run.ts'),
};

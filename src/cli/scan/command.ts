// `cofferdam scan`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const scan: Command = {
  name: 'scan',
  summary: 'find what is wrong in manifests or a cluster: where, why, and the patch that repairs it',
  words: '[path...]',
  flags: [
    {
      flags: '-o, --output <format[=file]>',
      description: 'table, wide, json, yaml, sarif, junit, html, markdown, csv, github, policyreport',
      repeatable: true,
    },
    {
      flags: '--fail-on <severity>',
      description: 'exit 1 from this severity on (default: high for files, never for a cluster)',
      choices: ['critical', 'high', 'medium', 'low', 'never'],
    },
    { flags: '--fail-on-new <baseline>', description: 'with an earlier result in JSON: only findings that are not in it count' },
    { flags: '--control <id>', description: 'only these controls, by any of their names', repeatable: true },
    { flags: '--skip-control <id>', description: 'all controls but these', repeatable: true },
    { flags: '--framework <name>', description: 'only controls that a framework asks for: pss, cis, nsa, …', repeatable: true },
    { flags: '--all-controls', description: 'the ones that are off by default too' },
    {
      flags: '--kubernetes-version <version>',
      description: "whose semantics apply, such as 1.34 (default: the cluster's, else the newest known)",
    },
    {
      flags: '--waivers <file>',
      description: 'a file of waivers: ours, .trivyignore, .checkov.baseline, kubescape exceptions',
      repeatable: true,
    },
    { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam scan manifests/',
    'kustomize build . | cofferdam scan - -o sarif=findings.sarif',
    'cofferdam scan . -o html=report.html --fail-on critical',
  ],
  load: () => import('./run.ts'),
};

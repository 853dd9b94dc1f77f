// `cofferdam assess`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command } from '../command.ts';
import { common } from '../flags.ts';
import { teamFlags } from '../plan/command.ts';

export const maps = ['architecture', 'application', 'identity', 'storage', 'pipeline', 'recovery', 'responsibility', 'exposure'] as const;

export const assess: Command = {
  name: 'assess',
  summary: 'how a cluster stands in eight dimensions: scores, what to do first, what a lost node takes along, maps',
  words: '[path...]',
  flags: [
    {
      flags: '-o, --output <format[=file]>',
      description: 'table, wide, json, html (the report, with a plan); for maps svg, json, mermaid',
      repeatable: true,
    },
    { flags: '--answers <file>', description: 'what people answered to the questions' },
    { flags: '--questions', description: 'print the questions as a file to fill in (with --answers, the ones answered filled in)' },
    {
      flags: '--repository <folder>',
      description: 'where workflows, pipelines and Dockerfiles are (default: the folders named, where they hold any)',
      repeatable: true,
    },
    { flags: '--previous <file>', description: 'the JSON of the last assessment: what improved, worsened and closed since' },
    {
      flags: '--distribution <name>',
      description: 'who runs the control plane (default: what the nodes say)',
      choices: ['eks', 'aks', 'gke', 'openshift', 'k3s', 'self-managed'],
    },
    { flags: '--lose <what>', description: 'what is left without node/NAME, zone/NAME or pvc/NAMESPACE/NAME' },
    { flags: '--single-points', description: 'every node and zone lost in turn, the worst first' },
    { flags: '--map <name>', description: 'draw a map: now, the target, and the difference', choices: maps },
    ...teamFlags,
    { flags: '--fail-under <score>', description: 'exit 1 where the overall score is lower' },
    {
      flags: '--kubernetes-version <version>',
      description: "whose semantics apply, such as 1.34 (default: the cluster's, else the newest known)",
    },
    { flags: '--waivers <file>', description: 'a file of waivers: what is waived is counted neither way', repeatable: true },
    { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam assess .',
    'cofferdam assess -A --repository . --answers answers.yaml -o json=assessment.json',
    'cofferdam assess --questions > answers.yaml',
    'cofferdam assess . -o html=report.html --start 2026-11-23',
    'cofferdam assess -A --lose zone/eu-west-1a',
    'cofferdam assess . --map application -o svg=application.svg',
  ],
  load: () => import('./run.ts'),
};

// `cofferdam plan`: its words and flags.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command, Flag } from '../command.ts';
import { common } from '../flags.ts';

/** What the teams can do and when, for the plan and for the plan in the report of `assess`. */
export const teamFlags: readonly Flag[] = [
  {
    flags: '--capacity <team=days>',
    description: 'person-days that a team has in a sprint of two weeks; "*=8" is for all that are not named (default: *=5)',
    repeatable: true,
  },
  { flags: '--sprints <number>', description: 'sprints that are shown one by one (default: 6, ninety days)' },
  {
    flags: '--freeze <when>',
    description: 'change nothing in a sprint (3) or between days (2026-12-21..2027-01-03); TEAM=WHEN for one team',
    repeatable: true,
  },
  { flags: '--start <date>', description: 'the first day, as 2026-11-23; without it the plan has no dates' },
  { flags: '--wip <number>', description: 'items that a team takes on in a sprint (default: 6)' },
  { flags: '--codeowners <file>', description: 'a CODEOWNERS file: who owns what no label names' },
];

export const plan: Command = {
  name: 'plan',
  summary: 'what is open as at most sixty packages of work, by what each is worth and takes: 90 days, a year, and the risk that is left',
  words: '[path...]',
  flags: [
    {
      flags: '-o, --output <format[=file]>',
      description: 'table, json, html, markdown, csv, ics, github (issues), jira (issues)',
      repeatable: true,
    },
    ...teamFlags,
    { flags: '--previous <file>', description: 'the last plan in JSON: what has begun stays, what is done closes' },
    { flags: '--jira-project <key>', description: 'the project of issues for Jira (default: SEC)' },
    { flags: '--answers <file>', description: "what people answered to the assessment's questions" },
    { flags: '--repository <folder>', description: 'where workflows, pipelines and Dockerfiles are, as for assess', repeatable: true },
    { flags: '--kubernetes-version <version>', description: 'whose semantics apply, such as 1.34' },
    {
      flags: '--waivers <file>',
      description: 'a file of waivers: what is waived is no work',
      repeatable: true,
    },
    { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' },
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam plan deploy/ --capacity platform=6 --capacity shop=4 --start 2026-11-23',
    'cofferdam plan deploy/ -o json=plan.json -o html=plan.html',
    'cofferdam plan deploy/ --previous plan.json -o markdown',
    'cofferdam plan -A --start 2026-11-23 -o ics=plan.ics -o jira=issues.json',
  ],
  load: () => import('./run.ts'),
};

// `cofferdam plan`: what is open in the input as packages of work, planned under the teams' time. Exit 1 where a deadline cannot be kept.

import { problem } from '../../lib/problem.ts';
import { planCalendar } from '../../report/plan/calendar.ts';
import { planCsv } from '../../report/plan/csv.ts';
import { planMarkdown } from '../../report/plan/markdown.ts';
import { planTable } from '../../report/plan/table.ts';
import { githubIssues, jiraIssues } from '../../report/plan/tickets.ts';
import { counted } from '../../report/words.ts';
import { positions } from '../../sources/positions.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { tell } from '../network/input.ts';
import { outputs, write } from '../output.ts';
import { judge } from '../scan/judge.ts';
import { judgeOptions } from '../scan/options.ts';
import { composePlan, composeReport, type Judged } from './compose.ts';
import { readPlanFlags } from './options.ts';

const formats = ['table', 'json', 'html', 'markdown', 'csv', 'ics', 'github', 'jira'] as const;

export async function run(input: CommandInput): Promise<number> {
  const { words, console } = input;
  const config = readConfig(input.flags, input.environment);
  const { flags } = config;
  const targets = outputs(verbatim(flags, 'output'), formats);
  const live = meansCluster(words, flags);
  if (!live && words.length === 0)
    throw new Stop(
      problem('usage/bad-flag', 'plan for what? Name files or folders ("-" for stdin), or a cluster with -A, -n or --context'),
    );
  const planFlags = readPlanFlags(flags);
  const project = word(flags, 'jiraProject') ?? 'SEC';
  if (!/^[A-Z][A-Z0-9_]{1,20}$/.test(project))
    throw new Stop(problem('usage/bad-flag', `--jira-project ${project}: write the key of a project, as SEC`));
  if (planFlags.options.start === undefined && targets.some(({ format }) => format === 'ics'))
    throw new Stop(problem('usage/bad-flag', '-o ics: a calendar needs a first day; give --start 2026-11-23'));
  const options = await judgeOptions(input, config, words);
  const { result, snapshot, texts } = await judge(options);
  tell({ ...input, flags }, result.problems);
  if (result.summary.objects === 0) throw new Stop(problem('input/nothing', 'nothing to look at: no Kubernetes object was read'));
  const judged: Judged = { snapshot, scan: result, controls: options.controls, locate: positions(texts), now: input.now };
  const composed = composePlan(judged, planFlags);
  const { plan } = composed;
  write(targets, console, (format, toTerminal) => {
    switch (format) {
      case 'json':
        return `${JSON.stringify(plan, null, 2)}\n`;
      case 'html':
        return composeReport(judged, composed, live ? (word(flags, 'context') ?? 'the cluster') : words.join(', '));
      case 'markdown':
        return planMarkdown(plan);
      case 'csv':
        return planCsv(plan);
      case 'ics':
        return planCalendar(plan) ?? '';
      case 'github':
        return githubIssues(plan);
      case 'jira':
        return jiraIssues(plan, project);
      default:
        return planTable(plan, toTerminal && console.color, toTerminal ? console.width : undefined);
    }
  });
  if (plan.late.length === 0) return exit.clean;
  console.err(`cofferdam: ${counted(plan.late.length, 'deadline')} cannot be kept with this capacity\n`);
  return exit.findings;
}

// `cofferdam plan`: what is open in the input as packages of work, planned under the teams' time. Exit 1 where a deadline cannot be kept.

import { problem } from '../../lib/problem.ts';
import { planCalendar } from '../../report/plan/calendar.ts';
import { planCsv } from '../../report/plan/csv.ts';
import { planMarkdown } from '../../report/plan/markdown.ts';
import { planTable } from '../../report/plan/table.ts';
import { githubIssues, jiraIssues } from '../../report/plan/tickets.ts';
import { counted, problemText } from '../../report/words.ts';
import { assessed } from '../assess/assessed.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { composePlan, composeReport } from './compose.ts';
import { readPlanFlags } from './options.ts';

const formats = ['table', 'json', 'html', 'markdown', 'csv', 'ics', 'github', 'jira'] as const;
const problemsShown = 10;

export async function run(input: CommandInput): Promise<number> {
  const { words, console } = input;
  const { flags } = readConfig(input.flags, input.environment);
  const targets = outputs(verbatim(flags, 'output'), formats);
  if (!meansCluster(words, flags) && words.length === 0)
    throw new Stop(
      problem('usage/bad-flag', 'plan for what? Name files or folders ("-" for stdin), or a cluster with -A, -n or --context'),
    );
  const planFlags = readPlanFlags(flags);
  const project = word(flags, 'jiraProject') ?? 'SEC';
  if (!/^[A-Z][A-Z0-9_]{1,20}$/.test(project))
    throw new Stop(problem('usage/bad-flag', `--jira-project ${project}: write the key of a project, as SEC`));
  if (planFlags.options.start === undefined && targets.some(({ format }) => format === 'ics'))
    throw new Stop(problem('usage/bad-flag', '-o ics: a calendar needs a first day; give --start 2026-11-23'));
  const read = await assessed({ ...input, flags: { ...input.flags, previous: undefined } });
  if (flags.quiet !== true)
    for (const one of read.assessment.problems.filter(({ level }) => (level ?? 'error') === 'error').slice(0, problemsShown))
      console.err(`error: ${problemText(one)}\n`);
  const composed = composePlan(read, planFlags, input.now);
  const { plan } = composed;
  write(targets, console, (format, toTerminal) => {
    switch (format) {
      case 'json':
        return `${JSON.stringify(plan, null, 2)}\n`;
      case 'html':
        return composeReport(read, composed, input);
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

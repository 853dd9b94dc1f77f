// Flags of a plan made into what the planner takes: teams and their days, freezes, the first day, the last plan, CODEOWNERS.

import { readFileSync } from 'node:fs';
import { type CodeOwner, codeOwners } from '../../assessment/packages/owner.ts';
import { dateOf, daysBetween } from '../../assessment/plan/dates.ts';
import type { PlanOptions } from '../../assessment/plan/make.ts';
import { sprintDays, sprintsOfYear } from '../../assessment/plan/plan.ts';
import { type Previous, previousPlan } from '../../assessment/plan/previous.ts';
import type { Json } from '../../lib/json.ts';
import { problem, told } from '../../lib/problem.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { list, word } from '../flags.ts';

const mostFile = 64 * 1024 * 1024;

export interface PlanFlags {
  readonly options: PlanOptions;
  readonly codeOwners: readonly CodeOwner[];
}

/** Reads the flags; ends the command with one sentence where one of them cannot be used. */
export function readPlanFlags(flags: Flags): PlanFlags {
  const start = word(flags, 'start');
  if (start !== undefined && dateOf(start) === undefined) throw refused(`--start ${start}: write a day as 2026-11-23`);
  const { days, otherwise } = capacityOf(list(flags, 'capacity'));
  const sprints = whole(flags, 'sprints', sprintsOfYear);
  const workInProgress = whole(flags, 'wip', 1000);
  const previousFile = word(flags, 'previous');
  const owners = word(flags, 'codeowners');
  return {
    options: {
      days,
      freezes: list(flags, 'freeze').flatMap((text) => freezeOf(text, start)),
      ...(otherwise === undefined ? {} : { otherwise }),
      ...(sprints === undefined ? {} : { sprints }),
      ...(workInProgress === undefined ? {} : { workInProgress }),
      ...(start === undefined ? {} : { start }),
      ...(previousFile === undefined ? {} : { previous: readPrevious(previousFile) }),
    },
    codeOwners: owners === undefined ? [] : codeOwners(readText('--codeowners', owners)),
  };
}

function capacityOf(values: readonly string[]): {
  readonly days: Readonly<Record<string, number>>;
  readonly otherwise: number | undefined;
} {
  const days = new Map<string, number>();
  let otherwise: number | undefined;
  for (const value of values) {
    const equals = value.lastIndexOf('=');
    const [team, text] = [value.slice(0, equals).trim(), value.slice(equals + 1).trim()];
    if (equals < 1 || !/^[0-9]{1,4}(?:\.[0-9]{1,2})?$/.test(text)) throw refused(`--capacity ${value}: write TEAM=DAYS, as platform=6`);
    if (team === '*') otherwise = Number(text);
    else days.set(team, Number(text));
  }
  return { days: Object.fromEntries(days), otherwise };
}

function freezeOf(value: string, start: string | undefined): readonly { readonly owner: string; readonly sprint: number }[] {
  const equals = value.indexOf('=');
  const [owner, when] = equals < 0 ? ['*', value] : [value.slice(0, equals), value.slice(equals + 1)];
  if (/^[1-9][0-9]?$/.test(when)) return [{ owner, sprint: Number(when) - 1 }];
  const [from = '', to = ''] = when.split('..');
  if (dateOf(from) === undefined || dateOf(to) === undefined || to < from)
    throw refused(`--freeze ${value}: write the number of a sprint, or two days as 2026-12-21..2027-01-03`);
  if (start === undefined) throw refused(`--freeze ${value}: days mean something only with --start`);
  const [first, last] = [Math.floor(daysBetween(start, from) / sprintDays), Math.floor(daysBetween(start, to) / sprintDays)];
  const frozen = [];
  for (let sprint = Math.max(0, first); sprint <= Math.min(last, sprintsOfYear - 1); sprint++) frozen.push({ owner, sprint });
  return frozen;
}

function whole(flags: Flags, name: string, most: number): number | undefined {
  const text = word(flags, name);
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,4}$/.test(text) || Number(text) > most) throw refused(`--${name} ${text}: write a number from 1 to ${most}`);
  return Number(text);
}

function readPrevious(file: string): Previous {
  let value: Json;
  try {
    value = JSON.parse(readText('--previous', file)) as Json;
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw refused(`--previous ${file}: this is no JSON`);
  }
  const previous = previousPlan(value);
  if (previous === undefined) throw refused(`--previous ${file}: this is no plan; cofferdam plan -o json writes one`);
  return previous;
}

function readText(flag: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(`${flag} ${file}: ${told(error)}`);
  }
  if (text.length > mostFile) throw refused(`${flag} ${file} is larger than ${mostFile} bytes`);
  return text;
}

function refused(message: string): Stop {
  return new Stop(problem('usage/bad-flag', message));
}

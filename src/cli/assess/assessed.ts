// What an assessment is made of: the input read and judged, the files of the repository, the answers, the last assessment. `assess` and `plan`
// read the same flags.

import { readFileSync } from 'node:fs';
import { assess } from '../../assessment/assess.ts';
import type { Assessment } from '../../assessment/assessment.ts';
import { controlsAsked } from '../../assessment/checks.ts';
import { type Earlier, readEarlier } from '../../assessment/progress.ts';
import { type Answers, readAnswers } from '../../assessment/questions/answers.ts';
import type { Control } from '../../controls/control.ts';
import { catalogue } from '../../controls/index.ts';
import type { Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { type Locator, positions } from '../../sources/positions.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput, Flags } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { type Judged, judge } from '../scan/judge.ts';
import { judgeOptions } from '../scan/options.ts';
import { readRepository } from './repository.ts';

export interface Assessed extends Judged {
  /** The controls that the user's settings choose; the scan ran those that an assessment asks besides. */
  readonly controls: readonly Control[];
  readonly assessment: Assessment;
  readonly locate: Locator;
  readonly flags: Flags;
}

/** Reads and assesses what the words and flags name. */
export async function assessed(input: CommandInput): Promise<Assessed> {
  const read = await readForAssessment(input);
  const { flags, locate } = read;
  const folders = verbatim(flags, 'repository');
  const repository = readRepository(folders.length > 0 ? folders : input.words, folders.length > 0);
  const answers = answersOf(flags);
  const previous = previousOf(flags);
  const distribution = word(flags, 'distribution');
  const assessment = assess(read.snapshot, {
    scan: read.result,
    now: input.now,
    locate,
    answers: answers?.answers ?? [],
    problems: answers?.problems ?? [],
    ...(repository === undefined ? {} : { repository }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(previous === undefined ? {} : { previous }),
  });
  return { ...read, assessment };
}

/** The input judged by every control that an assessment asks. Ends the command where there is nothing to look at. */
export async function readForAssessment(input: CommandInput): Promise<Omit<Assessed, 'assessment'>> {
  const config = readConfig(input.flags, input.environment);
  const { flags } = config;
  if (!meansCluster(input.words, flags) && input.words.length === 0)
    throw new Stop(problem('usage/bad-flag', 'assess what? Name files or folders ("-" for stdin), or a cluster with -A, -n or --context'));
  const options = await judgeOptions(input, config, input.words);
  const chosen = new Set(options.controls.map(({ id }) => id));
  const asked = catalogue.filter(({ id }) => controlsAsked.has(id) && !chosen.has(id));
  const judged = await judge({ ...options, controls: [...options.controls, ...asked] });
  if (judged.snapshot.resources.length === 0) {
    const why = judged.result.problems.find(({ code }) => code.startsWith('input/'));
    throw new Stop(why ?? problem('input/nothing', 'nothing to look at: no Kubernetes object was read'));
  }
  return { ...judged, controls: options.controls, locate: positions(judged.texts), flags };
}

/** The file of answers, where one is named. */
export function answersOf(flags: Flags): Answers | undefined {
  const file = word(flags, 'answers');
  return file === undefined ? undefined : readAnswers(text(file, '--answers'), file);
}

function previousOf(flags: Flags): Earlier | undefined {
  const file = word(flags, 'previous');
  if (file === undefined) return undefined;
  let value: Json | undefined;
  try {
    value = JSON.parse(text(file, '--previous')) as Json;
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(problem('assessment/invalid-previous', `${file}: not JSON`));
  }
  const read = readEarlier(value, file);
  if (!read.ok) throw new Stop(read.problem);
  return read.value;
}

function text(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Stop(problem('usage/bad-flag', `${flag} ${file}: cannot be read`));
  }
}

// What of an input could not be read, for commands that answer from it as an API server would: a missing quota, policy or namespace would make
// another answer, so it is either the end of the command or named among what is not known.

import type { Problem, ProblemCode } from '../lib/problem.ts';
import { problemText } from '../report/words.ts';
import { Stop } from './exit.ts';

/** Of these nothing is left that could be answered from. */
const fatal: ReadonlySet<ProblemCode> = new Set(['input/not-found', 'input/unreadable', 'input/bad-archive', 'snapshot/invalid']);

const shownAtMost = 20;

/** Sentences about what was not read of the cluster; ends the command where a whole file of it was not. */
export function unreadOf(problems: readonly Problem[], state = 'the cluster'): readonly string[] {
  const found = errorsIn(problems);
  const end = found.find(({ code }) => code === 'snapshot/invalid') ?? found.find(({ code }) => fatal.has(code));
  if (end !== undefined) throw new Stop(end);
  const sentences = found.slice(0, shownAtMost).map((one) => `not read of ${state}: ${problemText(one)}`);
  return found.length > shownAtMost ? [...sentences, `not read of ${state}: ${found.length - shownAtMost} more`] : sentences;
}

/** The problems that leave something out. */
export function errorsIn(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ level }) => (level ?? 'error') === 'error');
}

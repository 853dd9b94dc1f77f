// Exit statuses, the only place that decides them (CLI.md): 0 clean, 1 findings over the gate or the answer "no", 2 usage or unreadable
// input, 3 cluster unreachable or forbidden, 4 internal error.

import { type Problem, type ProblemCode, placedText } from '../lib/problem.ts';

export const exit = { clean: 0, findings: 1, usage: 2, cluster: 3, internal: 4 } as const;

/** The status that a problem ends a command with, where it ends it. */
export function statusOf(code: ProblemCode): number {
  if (code.startsWith('cluster/') || code.startsWith('kubeconfig/')) return exit.cluster;
  if (code.startsWith('internal/') || code === 'control/crashed') return exit.internal;
  return exit.usage;
}

/** Thrown by nothing but argument readers: ends the command with one sentence on stderr. */
export class Stop extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(placedText(problem));
    this.problem = problem;
  }
}

// Runs controls over a snapshot. A control that throws is that control's failure alone: it is reported and the others go on.

import type { Json } from '../lib/json.ts';
import { type Problem, problem, told } from '../lib/problem.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Control, Outcome, Verdict } from './control.ts';
import type { ControlTally } from './result.ts';

export interface RunOptions {
  readonly controls: readonly Control[];
  /** The user's settings by control id. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly now: number;
}

/** A failure or an open question, with the object it blames. */
export interface RawFinding {
  readonly control: Control;
  readonly outcome: Outcome;
  /** Undefined where the cluster itself is blamed. */
  readonly resource: Resource | undefined;
}

export interface RunResult {
  readonly findings: readonly RawFinding[];
  readonly tallies: readonly ControlTally[];
  readonly problems: readonly Problem[];
}

/** Runs every control. Findings come in the order of controls, then of the snapshot. */
export function runControls(snapshot: Snapshot, options: RunOptions): RunResult {
  const findings: RawFinding[] = [];
  const tallies: ControlTally[] = [];
  const problems: Problem[] = [];
  for (const control of options.controls) {
    const byVerdict: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, waived: 0 };
    const context = { snapshot, parameters: { ...control.parameters, ...options.parameters?.[control.id] }, now: options.now };
    try {
      control.evaluate(snapshot, context, (resource, outcomes) => {
        byVerdict[verdictOf(outcomes)]++;
        for (const outcome of outcomes)
          if (outcome.verdict !== 'not-applicable') findings.push({ control, outcome, resource: outcome.resource ?? resource });
      });
    } catch (error) {
      problems.push(problem('control/crashed', `control ${control.id} failed: ${told(error)}`));
    }
    tallies.push({ control: control.id, byVerdict });
  }
  return { findings, tallies, problems };
}

function verdictOf(outcomes: readonly Outcome[]): Verdict {
  if (outcomes.length === 0) return 'pass';
  for (const verdict of ['fail', 'unknown'] as const) if (outcomes.some((outcome) => outcome.verdict === verdict)) return verdict;
  return 'not-applicable';
}

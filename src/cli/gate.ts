// The gate: from which severity on findings make the exit status 1.

import { type Severity, severities } from '../controls/control.ts';
import type { Finding } from '../controls/result.ts';

export type Gate = Severity | 'never';

export const gates: readonly Gate[] = [...severities, 'never'];

/** Findings that are open and at or over the gate; with a baseline, only those that are new. */
export function overGate(findings: readonly Finding[], gate: Gate, onlyNew: boolean): readonly Finding[] {
  if (gate === 'never') return [];
  const limit = severities.indexOf(gate);
  return findings.filter(
    (finding) => finding.verdict === 'fail' && severities.indexOf(finding.severity) <= limit && (!onlyNew || finding.new === true),
  );
}

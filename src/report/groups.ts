// Findings as people want to read them: by control, and within a control those with one root cause (the same object in many files, an
// owner's pod template, a chart's value) once, with their count.

import type { Severity } from '../controls/control.ts';
import type { Finding } from '../controls/result.ts';

/** Findings of one root cause; `finding` stands for all of them. */
export interface RootGroup {
  readonly finding: Finding;
  readonly members: readonly Finding[];
}

export interface ControlGroup {
  readonly control: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Finding['verdict'];
  readonly roots: readonly RootGroup[];
  /** Findings in all roots. */
  readonly count: number;
}

/** Groups findings by control and verdict, then by root; both keep the order of the findings. */
export function byControl(findings: readonly Finding[]): readonly ControlGroup[] {
  const controls = new Map<string, Finding[]>();
  for (const finding of findings) append(controls, `${finding.verdict} ${finding.severity} ${finding.control}`, finding);
  return [...controls.values()].flatMap((members): readonly ControlGroup[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { control, title, severity, verdict } = first;
    return [{ control, title, severity, verdict, roots: byRoot(members), count: members.length }];
  });
}

/** Groups findings by their root cause. */
export function byRoot(findings: readonly Finding[]): readonly RootGroup[] {
  const roots = new Map<string, Finding[]>();
  for (const finding of findings) append(roots, finding.root, finding);
  return [...roots.values()].flatMap((members) => (members[0] === undefined ? [] : [{ finding: members[0], members }]));
}

function append(map: Map<string, Finding[]>, key: string, finding: Finding): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [finding]);
  else list.push(finding);
}

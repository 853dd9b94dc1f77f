// Baselines: an earlier result, so that a gate may ask for new findings only. A finding is known by its id, which survives moved lines,
// reordered lists and renamed files, and by how often it occurs: a second object of the same name is new. What was waived in the baseline is
// not in it: when the waiver ends, the finding is new. Read from a ScanResult in JSON or from our own SARIF.

import { asList, asString, dig, field, type Json } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import type { Finding } from './result.ts';

export interface Baseline {
  /** How often each finding occurred, by id. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The fingerprint of our SARIF that holds a finding's id. */
const fingerprint = 'cofferdamFinding/v1';

/** Reads a baseline. `file` names it in the problem. */
export function readBaseline(text: string, file: string): Result<Baseline> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return failure(invalid(file, 'it is not valid JSON'));
  }
  const ids = idsOf(value);
  return ids === undefined ? failure(invalid(file, 'it is neither a ScanResult nor SARIF of this program')) : ok(baselineOf(ids));
}

/** The baseline that these findings make. */
export function toBaseline(findings: readonly Finding[]): Baseline {
  return baselineOf(findings.filter(({ verdict }) => verdict !== 'waived').map(({ id }) => id));
}

/** Marks every finding as new or known. Of several with one id, as many as the baseline has are known, the first ones. */
export function markNew(findings: readonly Finding[], { counts }: Baseline): readonly Finding[] {
  const left = new Map(counts);
  return findings.map((finding): Finding => {
    if (finding.verdict === 'waived') return finding;
    const remaining = left.get(finding.id) ?? 0;
    if (remaining > 0) left.set(finding.id, remaining - 1);
    return { ...finding, new: remaining === 0 };
  });
}

export interface FindingChanges {
  /** Open in the second and not in the first. */
  readonly added: readonly Finding[];
  /** Open in the first and not in the second: repaired, gone, or waived. */
  readonly removed: readonly Finding[];
  /** How many are open in both. */
  readonly unchanged: number;
}

/** What a change opens and closes. Findings of both sides keep their order. */
export function compareFindings(base: readonly Finding[], head: readonly Finding[]): FindingChanges {
  const open = head.filter(({ verdict }) => verdict !== 'waived').length;
  const added = onlyIn(head, base);
  return { added, removed: onlyIn(base, head), unchanged: open - added.length };
}

function onlyIn(here: readonly Finding[], there: readonly Finding[]): readonly Finding[] {
  return markNew(here, toBaseline(there)).flatMap(({ new: isNew, ...finding }) => (isNew === true ? [finding] : []));
}

function baselineOf(ids: readonly string[]): Baseline {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { counts };
}

function idsOf(value: Json): readonly string[] | undefined {
  if (field(value, 'kind') === 'ScanResult' && Array.isArray(field(value, 'findings')))
    return asList(field(value, 'findings'))
      .filter((finding) => field(finding, 'verdict') !== 'waived')
      .flatMap((finding) => asString(field(finding, 'id')) ?? []);
  const runs = asList(field(value, 'runs'));
  if (!runs.some((run) => dig(run, 'tool', 'driver', 'name') === 'Cofferdam')) return undefined;
  return runs
    .flatMap((run) => asList(field(run, 'results')))
    .filter((result) => asList(field(result, 'suppressions')).length === 0)
    .flatMap((result) => asString(dig(result, 'partialFingerprints', fingerprint)) ?? []);
}

function invalid(file: string, why: string): Problem {
  return problem('baseline/invalid', `${file}: cannot be a baseline: ${why}`, { file, line: 1, column: 1 });
}

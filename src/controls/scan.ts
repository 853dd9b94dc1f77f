// One scan: controls over a snapshot, made into the result that every report shows. Pure: the same for the command line, the server and
// the library; reading inputs, waivers and baselines is the caller's.

import type { Json } from '../lib/json.ts';
import type { Problem } from '../lib/problem.ts';
import { podSecurityLevels } from '../policy/pod-security/levels.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Control, type Severity, severities, type Verdict } from './control.ts';
import { finish, type Locate, subjectOf } from './findings.ts';
import type { Finding, PodSecurity, ScanResult, ScanSummary } from './result.ts';
import { runControls } from './run.ts';

export interface ScanOptions {
  readonly controls: readonly Control[];
  /** The user's settings by control id. */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Severities the user chose by control id. */
  readonly severities?: Readonly<Record<string, Severity>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly locate: Locate;
}

/** Judges a snapshot. Findings are sorted by severity, then by place, then by control: equal inputs give equal bytes. */
export function scan(snapshot: Snapshot, options: ScanOptions): ScanResult {
  return summarized(judged(snapshot, options));
}

/** Like `scan`, for those who waive or mark findings next: they stand in no order and are not counted until `summarized` has seen them. */
export function judged(snapshot: Snapshot, options: ScanOptions): ScanResult {
  const run = runControls(snapshot, options);
  const findings = finish(run.findings, snapshot, options.locate);
  return {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'ScanResult',
    kubernetesVersion: snapshot.facts.kubernetesVersion,
    summary: counts(snapshot, options.controls.length),
    findings: withSeverities(findings, options.severities ?? {}),
    controls: run.tallies,
    podSecurity: podSecurity(snapshot),
    problems: [...snapshot.problems, ...run.problems],
    coverage: snapshot.coverage,
  };
}

function withSeverities(findings: readonly Finding[], chosen: Readonly<Record<string, Severity>>): readonly Finding[] {
  if (Object.keys(chosen).length === 0) return findings;
  return findings.map((finding) => ({ ...finding, severity: chosen[finding.control] ?? finding.severity }));
}

/** The result with findings in order and its figures counted anew; call it after findings were waived or marked. */
export function summarized(result: ScanResult, more: readonly Problem[] = []): ScanResult {
  const bySeverity: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const finding of result.findings) if (finding.verdict === 'fail') bySeverity[finding.severity]++;
  const byVerdict: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, waived: 0 };
  for (const tally of result.controls) for (const verdict of verdicts) byVerdict[verdict] += tally.byVerdict[verdict];
  byVerdict.waived = result.findings.filter((finding) => finding.verdict === 'waived').length;
  return {
    ...result,
    summary: { ...result.summary, bySeverity, byVerdict },
    findings: byUrgency(result.findings),
    problems: [...result.problems, ...more],
  };
}

function podSecurity(snapshot: Snapshot): PodSecurity {
  const { version, workloads, namespaces } = podSecurityLevels(snapshot);
  return {
    version,
    workloads: workloads.map(({ resource, level }) => ({ subject: subjectOf(resource, undefined), level })),
    namespaces: namespaces.map(({ namespace, workloads: count, met, policy, refused }) => ({
      namespace,
      workloads: count,
      ...(met === undefined ? {} : { met }),
      ...(policy === undefined ? {} : { enforced: policy.enforce.level }),
      refused: refused.map((resource) => subjectOf(resource, undefined)),
    })),
  };
}

const verdicts: readonly Verdict[] = ['pass', 'fail', 'unknown', 'not-applicable', 'waived'];

function counts(snapshot: Snapshot, controls: number): ScanSummary {
  const namespaces = new Set<string>();
  const files = new Set<string>();
  let workloads = 0;
  for (const resource of snapshot.resources) {
    if (resource.namespace !== '') namespaces.add(resource.namespace);
    if (resource.origin.kind === 'file') files.add(resource.origin.file);
    if (resource.pods.length > 0) workloads++;
  }
  return {
    objects: snapshot.resources.length,
    workloads,
    namespaces: namespaces.size,
    files: files.size,
    controls,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0 },
    byVerdict: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, waived: 0 },
  };
}

const rank = new Map<string, number>(severities.map((severity, index) => [severity, index]));

/** Open ones first, then by severity, place and name. What most findings differ in is one number, so that few texts are compared. */
function byUrgency(findings: readonly Finding[]): readonly Finding[] {
  const files = [...new Set(findings.map((finding) => finding.source?.file ?? ''))].sort();
  const order = new Map(files.map((file, index) => [file, index]));
  const lines = 1 + findings.reduce((last, finding) => Math.max(last, finding.source?.line ?? 0), 0);
  const keyOf = (finding: Finding) => {
    const urgency = verdictRank(finding) * 8 + (rank.get(finding.severity) ?? 7);
    return (urgency * files.length + (order.get(finding.source?.file ?? '') ?? 0)) * lines + (finding.source?.line ?? 0);
  };
  return findings
    .map((finding) => ({ finding, key: keyOf(finding) }))
    .sort((a, b) => a.key - b.key || byPlace(a.finding, b.finding))
    .map(({ finding }) => finding);
}

function byPlace(a: Finding, b: Finding): number {
  return (
    (a.source?.column ?? 0) - (b.source?.column ?? 0) ||
    compare(a.subject.kind, b.subject.kind) ||
    compare(a.subject.namespace, b.subject.namespace) ||
    compare(a.subject.name, b.subject.name) ||
    compare(a.control, b.control) ||
    compare(a.path, b.path)
  );
}

function verdictRank(finding: Finding): number {
  return finding.verdict === 'fail' ? 0 : finding.verdict === 'unknown' ? 1 : 2;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

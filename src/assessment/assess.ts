// The assessment of a snapshot: checks are run, answers weighed against them, scores and views made of both. Pure: the clock, the files of
// the repository and the answers are arguments.

import { pathsIn, usualThreat, vertexText } from '../attack/index.ts';
import type { Severity } from '../controls/control.ts';
import { catalogue } from '../controls/index.ts';
import type { ScanResult } from '../controls/result.ts';
import type { Problem, SourcePosition } from '../lib/problem.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Assessment } from './assessment.ts';
import type { CheckContext, PathsSeen } from './check.ts';
import { checks } from './checks.ts';
import { evaluate } from './evaluate.ts';
import { distributionOf, nodesOf } from './nodes.ts';
import { type Earlier, progressSince } from './progress.ts';
import type { Answer } from './questions/answers.ts';
import { judgeAnswers } from './questions/judge.ts';
import { questions } from './questions/questions.ts';
import type { RepositoryFile } from './repository/file.ts';
import { dimensionScores, layerScores, overallScore, phaseScores, prioritiesOf } from './score.ts';
import { baselineOf } from './views/baseline.ts';
import { defenceOf } from './views/defence.ts';
import { responsibilityOf } from './views/responsibility.ts';

export interface AssessOptions {
  /** The scan of the snapshot that ran every control of `controlsAsked` too. */
  readonly scan: ScanResult;
  /** Files of the repository; undefined where none was given, which is not the same as one without such files. */
  readonly repository?: readonly RepositoryFile[];
  readonly answers?: readonly Answer[];
  /** Which distribution it is, where the user says so. */
  readonly distribution?: string;
  readonly previous?: Earlier;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly locate: (resource: Resource, path: string) => SourcePosition | undefined;
  readonly problems?: readonly Problem[];
}

/** Assesses a snapshot. */
export function assess(snapshot: Snapshot, options: AssessOptions): Assessment {
  const { scan, repository, now, locate } = options;
  const distribution = options.distribution ?? distributionOf(snapshot);
  const paths = once(() => pathsOf(snapshot));
  const context: CheckContext = { snapshot, scan, repository: repository ?? [], distribution, now, locate, paths };
  const inputs = {
    manifests: snapshot.resources.length > 0,
    live: snapshot.facts.live,
    metrics: false,
    repository: repository !== undefined,
  };
  const age = snapshot.coverage.find(({ age: seconds }) => seconds !== undefined)?.age;
  const automatic = checks.map((check) => evaluate(check, context, inputs, age));
  const asked = judgeAnswers(options.answers ?? [], automatic, now);
  const results = [...automatic, ...asked.results];
  const dimensions = dimensionScores(results);
  const given = { manifests: inputs.manifests, live: inputs.live, repository: inputs.repository, answers: asked.answered > 0 };
  const { known, possible } = paths();
  return {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Assessment',
    made: new Date(now).toISOString().slice(0, 10),
    facts: snapshot.facts,
    inputs: given,
    summary: {
      objects: scan.summary.objects,
      workloads: scan.summary.workloads,
      namespaces: scan.summary.namespaces,
      nodes: nodesOf(snapshot).length,
      findings: findingsBySeverity(scan),
      attackPaths: { known, possible },
      questions: { asked: questions.length, answered: asked.answered },
    },
    overall: overallScore(results),
    dimensions,
    layers: layerScores(results),
    phases: phaseScores(results),
    checks: results,
    priorities: prioritiesOf(results),
    defence: defenceOf(snapshot, scan),
    responsibility: responsibilityOf(distribution, scan, results),
    baseline: baselineOf(scan, results),
    answers: asked.notes,
    ...(options.previous === undefined ? {} : { progress: progressSince(options.previous, results, dimensions, given) }),
    problems: [...scan.problems, ...(options.problems ?? [])],
    coverage: scan.coverage,
  };
}

const usual = new Set(catalogue.filter(({ enabled }) => enabled !== false).map(({ id }) => id));

/** Failures of the controls that every scan runs; those that only an assessment asks are in its checks. */
function findingsBySeverity(scan: ScanResult): Readonly<Record<Severity, number>> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { control, verdict, severity } of scan.findings) if (verdict === 'fail' && usual.has(control)) counts[severity]++;
  return counts;
}

function pathsOf(snapshot: Snapshot): PathsSeen {
  const found = pathsIn(snapshot, usualThreat);
  if (!found.ok) return { known: 0, possible: 0, fromInternet: 0, examples: [] };
  const sure = found.value.paths.filter(({ known }) => known);
  return {
    known: sure.length,
    possible: found.value.paths.length - sure.length,
    fromInternet: sure.filter(({ from }) => from.kind === 'internet').length,
    examples: found.value.paths.slice(0, 3).map(({ from, to }) => `${vertexText(from)} → ${vertexText(to)}`),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

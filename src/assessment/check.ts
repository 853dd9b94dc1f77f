// The shape of a check: what it asks, how much it weighs, what it needs, and how it is judged. One record each, in the file of its family.
// A check that a control of the catalogue answers already is made of that control's tallies and findings, never written twice.

import type { Verdict } from '../controls/control.ts';
import { subjectOf } from '../controls/findings.ts';
import { catalogue } from '../controls/index.ts';
import type { ControlTally, Finding, ScanResult } from '../controls/result.ts';
import type { SourcePosition } from '../lib/problem.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { CheckSubject, CheckVerdict, CheckWords, Counts, Dimension, MaturityLevel } from './assessment.ts';
import type { RepositoryFile } from './repository/file.ts';

/** Attack paths of the snapshot, as far as checks ask for them. */
export interface PathsSeen {
  readonly known: number;
  readonly possible: number;
  /** Known ones from the internet. */
  readonly fromInternet: number;
  readonly examples: readonly string[];
}

/** What every check may look at. */
export interface CheckContext {
  readonly snapshot: Snapshot;
  /** The whole catalogue over the snapshot, those that are off by default too. */
  readonly scan: ScanResult;
  readonly repository: readonly RepositoryFile[];
  readonly distribution: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly locate: (resource: Resource, path: string) => SourcePosition | undefined;
  /** Worked out when first asked for. */
  readonly paths: () => PathsSeen;
}

/** What a check says of one thing. */
export interface Judgement {
  readonly verdict: CheckVerdict;
  readonly detail: string;
  readonly resource?: Resource;
  readonly path?: string;
  /** A file of the repository, where it is about one. */
  readonly file?: string;
  readonly line?: number;
}

export interface Evaluation {
  readonly counts: Counts;
  readonly failing: readonly CheckSubject[];
  readonly open: readonly CheckSubject[];
}

export interface Check extends CheckWords {
  /** What is said where there was nothing to judge. */
  readonly nothing: string;
  /** Where seeing nothing means that it was not shown, and so is not known: always, as flags of a control plane; or in manifests alone. */
  readonly hidden: 'never' | 'in-manifests' | 'always';
  readonly evaluate: (context: CheckContext) => Evaluation;
}

/** What a check has to say of itself; the rest is usual. */
interface Words
  extends Pick<Check, 'title' | 'fix' | 'weight'>,
    Partial<Pick<Check, 'level' | 'needs' | 'layer' | 'phase' | 'nothing' | 'hidden' | 'controls'>> {
  readonly gate?: true;
}

const usualLevel: Readonly<Record<number, MaturityLevel>> = { 9: 'operate', 3: 'scale', 1: 'improve' };

function complete(id: string, words: Words, controls: readonly string[], evaluate: Check['evaluate']): Check {
  return {
    layer: 'cluster',
    phase: 'deploy',
    needs: ['manifests'],
    nothing: 'nothing of the kind was seen',
    ...words,
    id,
    hidden: words.hidden ?? 'never',
    dimension: id.slice(0, id.indexOf('/')) as Dimension,
    gate: words.gate ?? false,
    level: words.level ?? (words.gate === true ? 'build' : (usualLevel[words.weight] ?? 'improve')),
    controls,
    evaluate,
  };
}

/** A check that judges things itself. */
export function judged(id: string, words: Words, judge: (context: CheckContext) => Iterable<Judgement>): Check {
  return complete(id, words, words.controls ?? [], (context) => counted(judge(context), context));
}

/** A check that controls of the catalogue answer: it passes where all of them do. */
export function ofControls(id: string, words: Words, controls: readonly string[]): Check {
  return complete(id, words, controls, ({ scan }) => fromControls(scan, controls));
}

/** Most failing and open things that a result lists. */
const mostFailing = 100;
const mostOpen = 20;

function counted(judgements: Iterable<Judgement>, context: CheckContext): Evaluation {
  const counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  const failing: CheckSubject[] = [];
  const open: CheckSubject[] = [];
  for (const judgement of judgements) {
    counts[judgement.verdict === 'not-applicable' ? 'notApplicable' : judgement.verdict]++;
    if (judgement.verdict === 'fail' && failing.length < mostFailing) failing.push(about(judgement, context));
    if (judgement.verdict === 'unknown' && open.length < mostOpen) open.push(about(judgement, context));
  }
  return { counts, failing, open };
}

function about({ resource, path = '', file, line = 1, detail }: Judgement, { locate }: CheckContext): CheckSubject {
  if (file !== undefined)
    return { subject: { apiVersion: '', kind: 'File', namespace: '', name: file }, detail, source: { file, line, column: 1 } };
  const source = resource === undefined ? undefined : locate(resource, path);
  return { subject: subjectOf(resource, undefined), detail, ...(source === undefined ? {} : { source }) };
}

interface ScanIndex {
  readonly tallies: ReadonlyMap<string, ControlTally>;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

const indexes = new WeakMap<ScanResult, ScanIndex>();

function indexOf(scan: ScanResult): ScanIndex {
  let index = indexes.get(scan);
  if (index === undefined) {
    index = {
      tallies: new Map(scan.controls.map((tally) => [tally.control, tally])),
      findings: Map.groupBy(scan.findings, ({ control }) => control),
    };
    indexes.set(scan, index);
  }
  return index;
}

/**
 * What controls made of the snapshot, thing by thing: one on which any of them fails has failed, once. Controls that look at the same things
 * share a denominator; those of others add theirs. A thing of which every finding is waived is a risk someone took: it counts neither way.
 */
export function fromControls(scan: ScanResult, controls: readonly string[]): Evaluation {
  const { findings } = indexOf(scan);
  const counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  for (const group of Map.groupBy(controls, (id) => targets.get(id) ?? '').values()) {
    const own = ofOneTarget(scan, group);
    for (const key of ['pass', 'fail', 'unknown', 'notApplicable'] as const) counts[key] += own[key];
  }
  const all = controls.flatMap((id) => findings.get(id) ?? []);
  return {
    counts,
    failing: all
      .filter(({ verdict }) => verdict === 'fail')
      .slice(0, mostFailing)
      .map(ofFinding),
    open: all
      .filter(({ verdict }) => verdict === 'unknown')
      .slice(0, mostOpen)
      .map(ofFinding),
  };
}

const targets = new Map(catalogue.map(({ id, target }) => [id, target]));

function ofOneTarget(scan: ScanResult, controls: readonly string[]): Counts {
  const { tallies, findings } = indexOf(scan);
  const things = new Map<string, Set<Finding['verdict']>>();
  let [judged, failed, open, apart] = [0, 0, 0, 0];
  for (const control of controls) {
    const tally: Partial<Readonly<Record<Verdict, number>>> = tallies.get(control)?.byVerdict ?? {};
    judged = Math.max(judged, (tally.pass ?? 0) + (tally.fail ?? 0) + (tally.unknown ?? 0));
    apart = Math.max(apart, tally['not-applicable'] ?? 0);
    const own = findings.get(control) ?? [];
    const waivedHere = own.some(({ verdict }) => verdict === 'waived');
    // Several objects of one name are one thing here and several in the tally.
    if (!waivedHere) failed = Math.max(failed, tally.fail ?? 0);
    open = Math.max(open, tally.unknown ?? 0);
    for (const { subject, verdict } of own) {
      const key = `${subject.kind}/${subject.namespace}/${subject.name}`;
      things.set(key, (things.get(key) ?? new Set()).add(verdict));
    }
  }
  const of = (holds: (verdicts: ReadonlySet<Finding['verdict']>) => boolean) => [...things.values()].filter(holds).length;
  const waived = Math.min(
    judged,
    of((verdicts) => verdicts.size === 1 && verdicts.has('waived')),
  );
  const left = judged - waived;
  const fail = Math.min(
    left,
    Math.max(
      failed,
      of((verdicts) => verdicts.has('fail')),
    ),
  );
  const unknown = Math.min(
    left - fail,
    Math.max(
      open,
      of((verdicts) => verdicts.has('unknown') && !verdicts.has('fail')),
    ),
  );
  return { pass: left - fail - unknown, fail, unknown, notApplicable: apart + waived };
}

function ofFinding({ subject, detail, source, id }: Finding): CheckSubject {
  return { subject, detail, ...(source === undefined ? {} : { source }), finding: id };
}

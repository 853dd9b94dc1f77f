// Runs controls over a snapshot. A control that throws is that control's failure alone: it is reported and the others go on.

import type { KubeObject } from '../kube/object.ts';
import { hash } from '../lib/hash.ts';
import { asString, field, type Json } from '../lib/json.ts';
import { tokens } from '../lib/json-pointer.ts';
import { type Problem, problem, type SourcePosition } from '../lib/problem.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Control, Outcome, Verdict } from './control.ts';
import type { ControlTally, Finding, Subject } from './result.ts';

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
      problems.push(problem('control/crashed', `control ${control.id} failed: ${error instanceof Error ? error.message : String(error)}`));
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

/** Finds the place of a field of a resource in the text it came from. */
export type Locate = (resource: Resource, path: string) => SourcePosition | undefined;

/** Turns raw findings into the findings of a result. */
export function finish(raw: readonly RawFinding[], locate: Locate): readonly Finding[] {
  return raw.map(({ control, outcome, resource }): Finding => {
    const subject = subjectOf(resource, outcome.container);
    const source = resource === undefined ? undefined : locate(resource, outcome.path);
    const patch = resource === undefined || outcome.verdict !== 'fail' ? undefined : control.repair?.(outcome, resource.object);
    const steady = steadyPath(resource?.object, outcome.path);
    return {
      id: hash(
        [
          control.id,
          resource?.group ?? '',
          subject.kind,
          subject.namespace,
          subject.name,
          subject.container ?? '',
          steady,
          outcome.reason,
        ].join('\u0000'),
      ),
      control: control.id,
      title: control.title,
      severity: control.severity,
      verdict: outcome.verdict === 'unknown' ? 'unknown' : 'fail',
      subject,
      ...(source === undefined ? {} : { source }),
      path: outcome.path,
      reason: outcome.reason,
      detail: outcome.detail,
      evidence: (outcome.evidence ?? []).map((item) => {
        const at = locate(item.resource, item.path);
        return {
          subject: subjectOf(item.resource, undefined),
          path: item.path,
          note: item.note,
          ...(at === undefined ? {} : { source: at }),
        };
      }),
      fix: patch === undefined || patch.length === 0 ? { description: control.fix } : { description: control.fix, patch },
      root: hash([control.id, subject.kind, subject.name, subject.container ?? '', steady, outcome.detail].join('\u0000')),
    };
  });
}

/** Names a resource; the cluster itself where there is none. */
export function subjectOf(resource: Resource | undefined, container: string | undefined): Subject {
  const own = container === undefined ? {} : { container };
  if (resource === undefined) return { apiVersion: '', kind: 'Cluster', namespace: '', name: '', ...own };
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, namespace: resource.namespace, name: resource.name, ...own };
}

/** A pointer with list positions replaced by the names of the members, so that reordering a list does not rename a finding. */
export function steadyPath(object: KubeObject | undefined, path: string): string {
  let here: Json | undefined = object as Json | undefined;
  const parts = tokens(path).map((token) => {
    if (Array.isArray(here)) {
      here = here[Number(token)] as Json | undefined;
      return asString(field(here, 'name')) ?? token;
    }
    here = field(here, token);
    return token;
  });
  return parts.join('/');
}

// Runs checks. One whose source was not given is out of scope and says what would bring it in; one that throws is unknown by itself, and the
// others go on.

import { told } from '../lib/problem.ts';
import type { CheckResult, CheckVerdict, Counts, Need } from './assessment.ts';
import type { Check, CheckContext, Evaluation } from './check.ts';

/** Which sources there are. */
export type Inputs = Readonly<Record<Exclude<Need, 'answer'>, boolean>>;

const missing: Readonly<Record<Exclude<Need, 'answer'>, string>> = {
  manifests: 'no object was read',
  live: 'needs a cluster: read one with -A or --context, or a saved snapshot of one',
  metrics: "needs the cluster's metrics, which are not read",
  repository: 'needs the files of the repository: name its folder with --repository',
};

const sources: Readonly<Record<Exclude<Need, 'answer'>, string>> = {
  manifests: 'objects',
  live: 'cluster',
  metrics: 'metrics',
  repository: 'repository',
};

const nothingAtAll: Evaluation = { counts: { pass: 0, fail: 0, unknown: 0, notApplicable: 0 }, failing: [], open: [] };

/** What became of a check. `age`: seconds since the cluster was read. */
export function evaluate(check: Check, context: CheckContext, inputs: Inputs, age: number | undefined): CheckResult {
  const absent = check.needs.find((need) => need !== 'answer' && !inputs[need]);
  const need = check.needs.find((one) => one !== 'answer') ?? 'manifests';
  const { evaluate: run, nothing, hidden, needs, ...data } = check;
  const common = { ...data, needs, automatic: true, source: sources[need], ...(age === undefined ? {} : { age }) };
  if (absent !== undefined && absent !== 'answer')
    return { ...common, ...nothingAtAll, inScope: false, verdict: 'unknown', reason: missing[absent] };
  const { counts, failing, open } = attempt(() => run(context));
  const verdict = verdictOf(counts);
  const judged = counts.pass + counts.fail + counts.unknown;
  const isHidden = hidden === 'always' || (hidden === 'in-manifests' && !inputs.live);
  if (judged === 0 && counts.notApplicable === 0 && isHidden)
    return { ...common, ...nothingAtAll, inScope: false, verdict: 'unknown', reason: nothing };
  return {
    ...common,
    inScope: true,
    verdict,
    counts,
    ...(judged === 0 ? {} : { ratio: counts.pass / judged }),
    reason: reasonOf(verdict, counts, failing[0]?.detail ?? open[0]?.detail, nothing),
    failing,
    open,
  };
}

/** The verdict of counts: a failure outweighs what is open, and both outweigh what passed. */
export function verdictOf({ pass, fail, unknown }: Counts): CheckVerdict {
  return fail > 0 ? 'fail' : unknown > 0 ? 'unknown' : pass > 0 ? 'pass' : 'not-applicable';
}

function reasonOf(verdict: CheckVerdict, { pass, fail, unknown }: Counts, first: string | undefined, nothing: string): string {
  const all = pass + fail + unknown;
  const example = first === undefined ? '' : all === 1 ? first : `: ${first}`;
  switch (verdict) {
    case 'not-applicable':
      return nothing;
    case 'pass':
      return all === 1 ? 'passes' : `all ${all} pass`;
    case 'fail':
      return all === 1 ? example : `${fail} of ${all} fail${example}`;
    case 'unknown':
      return all === 1 ? example : `${unknown} of ${all} not known${example}`;
  }
}

function attempt(run: () => Evaluation): Evaluation {
  try {
    return run();
  } catch (error) {
    const detail = `the check failed: ${told(error)}`;
    const subject = { apiVersion: '', kind: 'Cluster', namespace: '', name: '' };
    return { counts: { pass: 0, fail: 0, unknown: 1, notApplicable: 0 }, failing: [], open: [{ subject, detail }] };
  }
}

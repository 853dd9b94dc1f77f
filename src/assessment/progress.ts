// What changed since the last assessment, read from its JSON. A check that failed and passes is closed; one that was not in scope then or is
// not now is told as such and is no progress. Texts of others are read with care: what is no assessment is a problem, never a crash.

import { asList, asNumber, asObject, asString, field, isObject, type Json } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import type { CheckResult, Dimension, DimensionScore, Progress, ProgressItem } from './assessment.ts';

/** What is kept of an earlier assessment. */
export interface Earlier {
  readonly made: string;
  readonly inputs: Readonly<Record<string, boolean>>;
  readonly scores: ReadonlyMap<string, number>;
  readonly checks: ReadonlyMap<
    string,
    { readonly verdict: string; readonly ratio: number | undefined; readonly inScope: boolean; readonly title: string }
  >;
}

/** Reads what `assess -o json` wrote. */
export function readEarlier(value: Json | undefined, file: string): Result<Earlier, Problem> {
  if (!isObject(value) || value.kind !== 'Assessment' || !Array.isArray(value.checks))
    return failure(problem('assessment/invalid-previous', `${file}: not an assessment; "cofferdam assess -o json=FILE" writes one`));
  const inputs = Object.entries(asObject(value.inputs)).flatMap(([key, given]) =>
    typeof given === 'boolean' ? [[key, given] as const] : [],
  );
  return ok({
    made: asString(value.made) ?? '',
    inputs: Object.fromEntries(inputs),
    scores: new Map(
      asList(value.dimensions).flatMap((one) => {
        const [name, score] = [asString(field(one, 'dimension')), asNumber(field(one, 'score'))];
        return name === undefined || score === undefined ? [] : [[name, score] as const];
      }),
    ),
    checks: new Map(
      asList(value.checks).flatMap((one) => {
        const [id, verdict] = [asString(field(one, 'id')), asString(field(one, 'verdict'))];
        if (id === undefined || verdict === undefined) return [];
        return [
          [
            id,
            {
              verdict,
              ratio: asNumber(field(one, 'ratio')),
              inScope: field(one, 'inScope') === true,
              title: asString(field(one, 'title')) ?? id,
            },
          ] as const,
        ];
      }),
    ),
  });
}

/** What became better, worse, closed and opened since. */
export function progressSince(
  earlier: Earlier,
  checks: readonly CheckResult[],
  dimensions: readonly DimensionScore[],
  inputs: Readonly<Record<string, boolean>>,
): Progress {
  const now = new Set(checks.map(({ id }) => id));
  const items = checks.flatMap((check): readonly ProgressItem[] => changeOf(earlier.checks.get(check.id), check));
  const gone = [...earlier.checks].filter(([id, { inScope }]) => inScope && !now.has(id));
  const differ = Object.keys(inputs).filter((key) => inputs[key] !== (earlier.inputs[key] ?? false));
  return {
    since: earlier.made,
    scores: dimensions.map(({ dimension, score }: { readonly dimension: Dimension; readonly score?: number }) => {
      const before = earlier.scores.get(dimension);
      return { dimension, ...(before === undefined ? {} : { before }), ...(score === undefined ? {} : { after: score }) };
    }),
    items: [
      ...items,
      ...gone.map(
        ([check, { title }]): ProgressItem => ({ check, title, change: 'no-longer-seen', detail: 'there is no such check any more' }),
      ),
    ].sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change)),
    ...(differ.length === 0
      ? {}
      : { caution: `the two were not made from the same sources (${differ.join(', ')}): scores do not compare whole` }),
  };
}

const order: readonly ProgressItem['change'][] = ['closed', 'opened', 'worsened', 'improved', 'no-longer-seen', 'newly-seen'];

function changeOf(
  before: { readonly verdict: string; readonly ratio: number | undefined; readonly inScope: boolean } | undefined,
  after: CheckResult,
): readonly ProgressItem[] {
  const { id: check, title, verdict, reason: detail, ratio } = after;
  const figures = { ...(before?.ratio === undefined ? {} : { before: before.ratio }), ...(ratio === undefined ? {} : { after: ratio }) };
  const item = (change: ProgressItem['change']): readonly ProgressItem[] => [{ check, title, change, ...figures, detail }];
  if (before?.inScope !== true) return after.inScope && before !== undefined ? item('newly-seen') : [];
  if (!after.inScope) return item('no-longer-seen');
  if (before.verdict === 'fail' && verdict === 'pass') return item('closed');
  if (before.verdict !== 'fail' && verdict === 'fail') return item('opened');
  const [was, is] = [before.ratio ?? 0, ratio ?? 0];
  return before.ratio === undefined || ratio === undefined || Math.abs(was - is) < 1e-9 ? [] : item(is > was ? 'improved' : 'worsened');
}

// The algebra of scores. A check in scope gives its weight times its passed share; a subject that a source leaves open counts as not passed,
// so that knowing less never raises a score. Checks out of scope and unanswered questions are in no score: they widen the range and lower
// what is `judged`. While a critical gate is not passed, 59 is the most. Nothing counted, no score.

import {
  type CheckResult,
  type CheckVerdict,
  type Dimension,
  type DimensionScore,
  dimensions,
  dimensionTitles,
  type Layer,
  type LayerScore,
  layers,
  type MaturityLevel,
  maturityLevels,
  type Phase,
  type PhaseScore,
  type Priority,
  phases,
  type Score,
} from './assessment.ts';

/** The most a score can be while a gate is shut. */
export const gateCap = 59;

/** What a score is made of: the part of a check result that it reads. */
export type Scored = Pick<CheckResult, 'weight' | 'gate' | 'inScope' | 'verdict' | 'counts' | 'title'>;

/** The score of checks; what does not apply is in none. */
export function scoreOf(results: readonly Scored[]): Score {
  const verdicts: Record<CheckVerdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  let [passed, counted, open, total] = [0, 0, 0, 0];
  for (const { weight, inScope, verdict, counts } of results) {
    verdicts[verdict]++;
    if (verdict === 'not-applicable') continue;
    total += weight;
    if (!inScope) continue;
    const judged = counts.pass + counts.fail + counts.unknown;
    counted += weight;
    passed += (weight * counts.pass) / judged;
    open += (weight * counts.unknown) / judged;
  }
  const shut = results.filter(isShut);
  const raw = counted - open < 1e-9 ? undefined : round((100 * passed) / counted);
  const score = raw === undefined ? undefined : shut.length > 0 ? Math.min(raw, gateCap) : raw;
  const failed = shut.some(({ verdict }) => verdict === 'fail');
  const best = total === 0 ? 100 : Math.ceil((100 * (passed + open + total - counted)) / total);
  return {
    ...(score === undefined ? {} : { score }),
    ...(score === raw || raw === undefined ? {} : { uncapped: raw }),
    ...(score === raw ? {} : { cap: `capped at ${gateCap}: ${shut.map(({ title }) => title).join('; ')}` }),
    range: {
      low: Math.min(score ?? 0, total === 0 ? 0 : Math.floor((100 * passed) / total), shut.length > 0 ? gateCap : 100),
      high: Math.max(score ?? 0, Math.min(best, failed ? gateCap : 100)),
    },
    judged: total === 0 ? 0 : Math.max(0, counted - open) / total,
    weight: { passed: round(passed * 100) / 100, counted, total },
    checks: verdicts,
  };
}

/** A gate that is not passed, in what was given. */
function isShut({ gate, inScope, verdict }: Scored): boolean {
  return gate && inScope && (verdict === 'fail' || verdict === 'unknown');
}

/** To whole points, downwards: 59.6 is not 60. Sums that miss a whole number by a rounding error are that number. */
function round(value: number): number {
  return Math.floor(value + 1e-9);
}

/** Scores by dimension, with maturity and what keeps it from the next level. */
export function dimensionScores(results: readonly CheckResult[]): readonly DimensionScore[] {
  const own = Map.groupBy(results, ({ dimension }) => dimension);
  return dimensions.map((dimension: Dimension) => {
    const checks = own.get(dimension) ?? [];
    return {
      ...scoreOf(checks),
      dimension,
      title: dimensionTitles[dimension],
      ...maturityOf(checks),
      gates: checks.filter(isShut).map(({ id }) => id),
    };
  });
}

/**
 * The highest level of which, and of all below, no check fails or is open. What is not known does not pass; what does not apply does not ask.
 * A level is reached by something that passes there: one of which nothing applies is passed over, not reached.
 */
function maturityOf(checks: readonly CheckResult[]): { readonly maturity: MaturityLevel; readonly nextLevel: readonly string[] } {
  let reached: MaturityLevel = 'none';
  for (const level of maturityLevels.slice(1)) {
    const missing = notPassed(checks, level);
    if (missing.length > 0) return { maturity: reached, nextLevel: missing };
    if (checks.some((check) => check.level === level && check.verdict === 'pass')) reached = level;
  }
  return { maturity: reached, nextLevel: [] };
}

function notPassed(checks: readonly CheckResult[], level: MaturityLevel): readonly string[] {
  return checks
    .filter((check) => check.level === level && (check.verdict === 'fail' || check.verdict === 'unknown'))
    .sort((a, b) => b.weight - a.weight)
    .map(({ id }) => id);
}

/** Scores of the four C's, from outside in: none is higher than the one around it. */
export function layerScores(results: readonly CheckResult[]): readonly LayerScore[] {
  const own = Map.groupBy(results, ({ layer }) => layer);
  const found: LayerScore[] = [];
  let around: { readonly layer: Layer; readonly score: number } | undefined;
  for (const layer of layers) {
    const score = within(scoreOf(own.get(layer) ?? []), around);
    found.push({ ...score, layer });
    if (score.score !== undefined) around = { layer, score: score.score };
  }
  return found;
}

/** A score that is no higher than the one of the layer around it. */
function within(score: Score, around: { readonly layer: Layer; readonly score: number } | undefined): Score {
  if (around === undefined || score.score === undefined || score.score <= around.score) return score;
  return {
    ...score,
    score: around.score,
    uncapped: score.uncapped ?? score.score,
    cap: `no higher than ${around.layer}, which is around it`,
    range: { low: Math.min(score.range.low, around.score), high: score.range.high },
  };
}

export function phaseScores(results: readonly CheckResult[]): readonly PhaseScore[] {
  const own = Map.groupBy(results, ({ phase }) => phase);
  return phases.map((phase: Phase) => ({ ...scoreOf(own.get(phase) ?? []), phase }));
}

/** Over all dimensions: every check by its weight, capped while any gate is shut. */
export function overallScore(results: readonly CheckResult[]): Score {
  return scoreOf(results);
}

/** Failing checks in the order to look at them: gates first, then by the points their dimension gains before caps when they pass. */
export function prioritiesOf(results: readonly CheckResult[]): readonly Priority[] {
  const counted = new Map<Dimension, number>();
  for (const { dimension, inScope, verdict, weight } of results)
    if (inScope && verdict !== 'not-applicable') counted.set(dimension, (counted.get(dimension) ?? 0) + weight);
  return results
    .filter(({ inScope, verdict }) => inScope && verdict === 'fail')
    .map((check) => ({
      check,
      gain: Math.round((1000 * check.weight * (1 - (check.ratio ?? 0))) / Math.max(1, counted.get(check.dimension) ?? 0)) / 10,
    }))
    .sort(
      (a, b) =>
        Number(b.check.gate) - Number(a.check.gate) ||
        b.check.weight * (1 - (b.check.ratio ?? 0)) - a.check.weight * (1 - (a.check.ratio ?? 0)),
    )
    .map(({ check, gain }) => ({ check: check.id, gain }));
}

// Controls as things to score: one each, by its severity, over what it judged. Views that are made of controls use the algebra of scores.

import { catalogue } from '../../controls/index.ts';
import type { ScanResult } from '../../controls/result.ts';
import { fromControls } from '../check.ts';
import { verdictOf } from '../evaluate.ts';
import type { Scored } from '../score.ts';

const weights = { critical: 9, high: 9, medium: 3, low: 1 } as const;

/** The enabled controls whose id satisfies a condition, scored over the scan. */
export function scoredControls(scan: ScanResult, holds: (id: string) => boolean): readonly Scored[] {
  return catalogue.flatMap(({ id, severity, title, enabled }): readonly Scored[] => {
    if (enabled === false || !holds(id)) return [];
    const { counts } = fromControls(scan, [id]);
    return [{ weight: weights[severity], gate: severity === 'critical', inScope: true, verdict: verdictOf(counts), counts, title }];
  });
}

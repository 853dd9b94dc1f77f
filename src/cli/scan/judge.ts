// The steps that scan, fix and diff share: read the input, judge it, apply waivers and the baseline. Returns what reports are made of.

import type { ScanResult } from '../../controls/result.ts';
import { type ScanOptions, scan } from '../../controls/scan.ts';
import { assumedFacts, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { positions } from '../../sources/positions.ts';

export interface JudgeOptions extends Pick<ScanOptions, 'controls' | 'parameters' | 'severities' | 'now'> {
  readonly paths: readonly string[];
  readonly kubernetesVersion?: string;
}

export interface Judged {
  readonly result: ScanResult;
  readonly snapshot: Snapshot;
  /** Text by file name. */
  readonly texts: ReadonlyMap<string, string>;
}

export async function judge(options: JudgeOptions): Promise<Judged> {
  const loaded = await load(options.paths);
  const state = snapshot({
    resources: loaded.resources,
    facts: assumedFacts(options.kubernetesVersion),
    problems: loaded.problems,
    coverage: loaded.coverage,
  });
  const result = scan(state, { ...options, locate: positions(loaded.texts) });
  return { result, snapshot: state, texts: loaded.texts };
}

// The steps that scan, fix and diff share: read the input, judge it, apply waivers and the baseline. Returns what reports are made of.

import { type Baseline, markNew } from '../../controls/baseline.ts';
import type { Control } from '../../controls/control.ts';
import type { ScanResult } from '../../controls/result.ts';
import { judged, type ScanOptions, summarized } from '../../controls/scan.ts';
import { applyWaivers } from '../../controls/waivers/apply.ts';
import { askedControls } from '../../controls/waivers/enabled.ts';
import type { WaiverFile } from '../../controls/waivers/file.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { type ClusterFacts, factsFor, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { type Loaded, type LoadOptions, load } from '../../sources/load.ts';
import { positions } from '../../sources/positions.ts';

export interface JudgeOptions
  extends Pick<ScanOptions, 'controls' | 'parameters' | 'severities' | 'now'>,
    Pick<LoadOptions, 'defaultNamespace' | 'render'> {
  readonly paths: readonly string[];
  /** A live cluster that was read; then there are no paths. */
  readonly cluster?: Pick<Loaded, 'resources' | 'problems' | 'coverage'> & { readonly facts: ClusterFacts };
  readonly kubernetesVersion?: string;
  /** Controls that are off and that an object may ask for by an annotation. */
  readonly onRequest?: readonly Control[];
  /** Waivers of files; those on the objects and in their texts are found here. */
  readonly waivers?: WaiverFile;
  readonly baseline?: Baseline;
}

export interface Judged {
  readonly result: ScanResult;
  readonly snapshot: Snapshot;
  /** Text by file name. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads and judges. What could not be read is among the result's problems. */
export async function judge(options: JudgeOptions): Promise<Judged> {
  const loaded =
    options.cluster === undefined ? await load(options.paths, options) : { ...options.cluster, texts: new Map<string, string>() };
  const facts = factsFor(loaded.facts, options.kubernetesVersion);
  await loadSchemas(facts.kubernetesVersion);
  const state = snapshot({
    resources: loaded.resources,
    facts,
    problems: loaded.problems,
    coverage: loaded.coverage,
  });
  return { result: judgeSnapshot(state, loaded.texts, options), snapshot: state, texts: loaded.texts };
}

/** Judges what was read: findings, with waivers applied, marked against the baseline. */
export function judgeSnapshot(state: Snapshot, texts: ReadonlyMap<string, string>, options: JudgeOptions): ScanResult {
  const { waivers, baseline, now } = options;
  const controls = [...options.controls, ...askedControls(state, options.onRequest ?? [])];
  const result = judged(state, { ...options, controls, locate: positions(texts) });
  const asked = new Set(result.controls.map(({ control }) => control));
  const { findings, problems } = applyWaivers(result.findings, state, waivers?.waivers ?? [], { now, texts, judged: asked });
  const marked = baseline === undefined ? findings : markNew(findings, baseline);
  return summarized({ ...result, findings: marked }, [...(waivers?.problems ?? []), ...problems]);
}

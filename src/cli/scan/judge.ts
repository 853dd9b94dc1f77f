// The steps that scan, fix and diff share: read the input, judge it, apply waivers and the baseline. Returns what reports are made of.

import type { ScanResult } from '../../controls/result.ts';
import { type ScanOptions, scan } from '../../controls/scan.ts';
import { assumedFacts, type ClusterFacts, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { type Loaded, type LoadOptions, load } from '../../sources/load.ts';
import { positions } from '../../sources/positions.ts';

export interface JudgeOptions
  extends Pick<ScanOptions, 'controls' | 'parameters' | 'severities' | 'now'>,
    Pick<LoadOptions, 'defaultNamespace' | 'render'> {
  readonly paths: readonly string[];
  /** A live cluster that was read; then there are no paths. */
  readonly cluster?: Pick<Loaded, 'resources' | 'problems' | 'coverage'> & { readonly facts: ClusterFacts };
  readonly kubernetesVersion?: string;
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
  const state = snapshot({
    resources: loaded.resources,
    facts: factsOf(loaded.facts, options.kubernetesVersion),
    problems: loaded.problems,
    coverage: loaded.coverage,
  });
  const result = scan(state, { ...options, locate: positions(loaded.texts) });
  return { result, snapshot: state, texts: loaded.texts };
}

/** The version asked for wins over the cluster's own; manifests alone are judged by the newest known. */
function factsOf(known: ClusterFacts | undefined, asked: string | undefined): ClusterFacts {
  if (known === undefined) return assumedFacts(asked);
  return asked === undefined ? known : { ...known, kubernetesVersion: asked };
}

// What the flags and settings of scan, fix and diff mean for judging an input: which controls, whose version, which waivers and baseline.

import { existsSync } from 'node:fs';
import { catalogue } from '../../controls/index.ts';
import { problem } from '../../lib/problem.ts';
import { loadBaseline, loadWaivers } from '../../sources/waivers.ts';
import { meansCluster, readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import type { Config } from '../config/read.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, list, word } from '../flags.ts';
import type { JudgeOptions } from './judge.ts';
import { selectControls } from './select.ts';

/** Reads flags, waiver files and the baseline; ends the command with one sentence where one of them cannot be used. */
export async function judgeOptions(input: CommandInput, config: Config, paths: readonly string[]): Promise<JudgeOptions> {
  const { flags } = config;
  const live = meansCluster(paths, flags);
  const asked = kubernetesVersion(flags);
  const namespace = word(flags, 'namespace');
  const baselineFile = word(flags, 'failOnNew');
  const baseline = baselineFile === undefined ? undefined : loadBaseline(baselineFile);
  if (baseline?.ok === false) throw new Stop(baseline.problem);
  const absent = list(flags, 'waivers').find((file) => !existsSync(file));
  if (absent !== undefined) throw new Stop(problem('waiver/invalid', `${absent}: there is no such file of waivers`));
  const settings = config.file === undefined || config.text === undefined ? undefined : { file: config.file, text: config.text };
  const chosen = ['control', 'framework', 'skipControl'].some((name) => list(flags, name).length > 0);
  return {
    paths,
    controls: selectControls(flags, config.enabled),
    onRequest: chosen ? [] : catalogue.filter((control) => control.enabled === false && config.enabled[control.id] === undefined),
    parameters: config.parameters,
    severities: config.severities,
    waivers: await loadWaivers(list(flags, 'waivers'), settings),
    now: input.now,
    render: flags.render === false ? 'never' : 'auto',
    ...(baseline === undefined ? {} : { baseline: baseline.value }),
    ...(live ? { cluster: await readCluster({ ...input, flags }) } : {}),
    ...(asked === undefined ? {} : { kubernetesVersion: asked }),
    ...(namespace === undefined || live ? {} : { defaultNamespace: namespace }),
  };
}

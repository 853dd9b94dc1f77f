// `cofferdam scan`: load, judge, render.

import { catalogue } from '../../controls/index.ts';
import { finish, runControls } from '../../controls/run.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import { loadFiles } from '../../sources/files.ts';
import { positions } from '../../sources/positions.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';

export function run({ words, console, now }: CommandInput): number {
  const loaded = loadFiles(words);
  const state = snapshot({
    resources: loaded.resources,
    facts: assumedFacts(undefined),
    problems: loaded.problems,
    coverage: loaded.coverage,
  });
  const raw = runControls(state, { controls: catalogue, now });
  const findings = finish(raw.findings, positions(loaded.texts));
  for (const finding of findings)
    console.out(
      `${finding.source?.file}:${finding.source?.line}:${finding.source?.column} ${finding.severity} ${finding.control} ${finding.detail}\n`,
    );
  return findings.length > 0 ? exit.findings : exit.clean;
}

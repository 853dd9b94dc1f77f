// `assess --map`: the map now, the target (the snapshot with the smallest set of fixes that closes the attack paths) and the difference.

import { type MapDifference, type MapSource, mapDifference, mapOf, unchanged } from '../../assessment/maps/draw.ts';
import { type MapName, type MapPicture, mapNames } from '../../assessment/maps/map.ts';
import { mapMermaid } from '../../assessment/maps/mermaid.ts';
import { mapSvg } from '../../assessment/maps/svg.ts';
import { fixesFor, usualThreat } from '../../attack/index.ts';
import { catalogue } from '../../controls/index.ts';
import { scan } from '../../controls/scan.ts';
import { problem } from '../../lib/problem.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { type Output, write } from '../output.ts';
import { readForAssessment } from './assessed.ts';
import { readRepository } from './repository.ts';

/** Draws the map that is named. */
export async function drawMap(input: CommandInput, name: string, targets: readonly Output[]): Promise<number> {
  const known = mapNames.find((one): one is MapName => one === name);
  if (known === undefined) throw new Stop(problem('usage/bad-flag', `--map ${name}: there are ${mapNames.join(', ')}`));
  const { snapshot, result, flags } = await readForAssessment(input);
  const folders = verbatim(flags, 'repository');
  const source: MapSource = {
    snapshot,
    scan: result,
    repository: readRepository(folders.length > 0 ? folders : input.words, folders.length > 0) ?? [],
  };
  const now = mapOf(known, source);
  const target = targetOf(known, source, input.now);
  const difference = target === undefined ? unchanged(now) : mapDifference(now, target.picture);
  write(targets, input.console, (format) => {
    if (format === 'svg') return mapSvg(difference, title(known, target?.fixes));
    if (format === 'mermaid') return mapMermaid(difference);
    return json(known, now, target, difference);
  });
  return exit.clean;
}

interface Target {
  readonly picture: MapPicture;
  readonly fixes: readonly string[];
}

/** The map of the snapshot with the fixes made; undefined where there is nothing to fix. */
function targetOf(name: MapName, source: MapSource, now: number): Target | undefined {
  const plan = fixesFor(source.snapshot, usualThreat);
  if (!plan.ok || plan.value.fixes.length === 0) return undefined;
  const { after, fixes } = plan.value;
  const ran = new Set(source.scan.controls.map(({ control }) => control));
  const controls = catalogue.filter(({ id }) => ran.has(id));
  const judged = name === 'responsibility' ? scan(after, { controls, now, locate: () => undefined }) : source.scan;
  return { picture: mapOf(name, { ...source, snapshot: after, scan: judged }), fixes: fixes.map(({ repair }) => repair.text) };
}

function title(name: MapName, fixes: readonly string[] | undefined): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)} map, ${fixes === undefined ? 'now' : `now and after ${counted(fixes.length, 'fix', 'fixes')}`}`;
}

function json(name: MapName, now: MapPicture, target: Target | undefined, difference: MapDifference): string {
  const answer = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'AssessmentMap',
    map: name,
    now,
    ...(target === undefined ? {} : { target: target.picture, fixes: target.fixes }),
    difference,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

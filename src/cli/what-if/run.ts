// `cofferdam what-if -f CHANGE`: the paths that a change opens and closes, without making it. Exit 1 where it opens some.

import { readFileSync } from 'node:fs';
import { comparePaths, type PathChanges, pathsIn } from '../../attack/answer.ts';
import { isPatchList, withManifests, withPatches } from '../../attack/change.ts';
import { paint } from '../../lib/display.ts';
import type { Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { counted } from '../../report/words.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { type Locator, positions } from '../../sources/positions.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { tell } from '../network/input.ts';
import { outputs, write } from '../output.ts';
import { readAttackInput } from '../paths/input.ts';
import { pathJson, pathLines, withinHops } from '../paths/words.ts';

export async function run(input: CommandInput): Promise<number> {
  const targets = outputs(verbatim(input.flags, 'output'), ['table', 'json']);
  const files = verbatim(input.flags, 'filename');
  if (files.length === 0) throw new Stop(problem('usage/bad-flag', 'what if what? Name the change with -f FILE'));
  const read = await readAttackInput(input);
  const start = pathsIn(read.snapshot, read.threat, { most: 1 });
  if (!start.ok) throw new Stop(start.problem);
  let after = read.snapshot;
  const locators: Locator[] = [read.locate];
  for (const file of files) {
    const made = await changed(after, file, input);
    after = made.snapshot;
    locators.push(made.locate);
  }
  const changes = comparePaths(read.snapshot, after, read.threat);
  const locate = anyOf(locators);
  write(targets, input.console, (format, toTerminal) =>
    format === 'json' ? json(changes, locate) : table(changes, locate, toTerminal && input.console.color),
  );
  if (changes.added.length === 0) return exit.clean;
  input.console.err(`cofferdam: the change opens ${counted(changes.added.length, 'attack path')}\n`);
  return exit.findings;
}

async function changed(
  before: Snapshot,
  file: string,
  input: CommandInput,
): Promise<{ readonly snapshot: Snapshot; readonly locate: Locator }> {
  const patches = file.endsWith('.json') ? readPatches(file) : undefined;
  if (patches !== undefined) {
    const patched = withPatches(before, patches);
    if (!patched.ok) throw new Stop(patched.problem);
    return { snapshot: patched.value, locate: positions(new Map()) };
  }
  const namespace = word(input.flags, 'namespace');
  const loaded = await load([file], {
    render: input.flags.render === false ? 'never' : 'auto',
    now: input.now,
    ...(namespace === undefined ? {} : { defaultNamespace: namespace }),
  });
  tell(input, loaded.problems);
  if (loaded.resources.length === 0) throw new Stop(problem('input/nothing', `${file}: there is no Kubernetes object in it`));
  return { snapshot: withManifests(before, loaded.resources), locate: positions(loaded.texts) };
}

/** The patches of a JSON file that holds a list of them; undefined for any other file. */
function readPatches(file: string): Json | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Json;
    return isPatchList(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function anyOf(locators: readonly Locator[]): Locator {
  const locate = (resource: Parameters<Locator>[0], path: string) => {
    for (const one of locators) {
      const found = one(resource, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return Object.assign(locate, { prepare: () => {} });
}

function json({ added, removed, unchanged }: PathChanges, locate: Locator): string {
  const { shown, truncated } = withinHops([...added, ...removed]);
  const told = shown.map((path) => pathJson(path, locate));
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'WhatIf',
    paths: {
      added: told.slice(0, added.length),
      removed: told.slice(added.length),
      unchanged,
      ...(truncated === undefined ? {} : { truncated }),
    },
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function table({ added, removed, unchanged }: PathChanges, locate: Locator, color: boolean): string {
  const lines: string[] = [];
  for (const [title, shade, paths] of [
    ['opens', 'red', added],
    ['closes', 'green', removed],
  ] as const)
    for (const path of paths) lines.push(`${paint(title, shade, color)}  ${pathLines(path, locate, color).join('\n')}`, '');
  lines.push(
    paint(`the change opens ${counted(added.length, 'attack path')} and closes ${removed.length}; ${unchanged} as before`, 'bold', color),
  );
  return `${lines.join('\n')}\n`;
}

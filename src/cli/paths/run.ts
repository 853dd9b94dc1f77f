// `cofferdam paths`: the attack paths of manifests or a cluster. Exit 0 whatever is found, unless --fail-on-path asks for 1.

import { type Paths, pathsIn } from '../../attack/answer.ts';
import { type ChokePoint, chokePoints } from '../../attack/choke-points.ts';
import { reachOf } from '../../attack/paths.ts';
import { isPosition, vertexText } from '../../attack/vertex.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { jsonPieces } from '../../report/json.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type AttackInput, count, readAttackInput } from './input.ts';
import { pathJson, pathLines, unknownLines, vertexJson, withinHops } from './words.ts';

export async function run(input: CommandInput): Promise<number> {
  const targets = outputs(verbatim(input.flags, 'output'), ['table', 'json']);
  const read = await readAttackInput(input);
  const limit = count(read.flags, 'limit', 20);
  const found = pathsIn(read.snapshot, read.threat, { most: Math.max(200, limit), each: count(read.flags, 'ways', 1) });
  if (!found.ok) throw new Stop(found.problem);
  mustName(found.value, read);
  const chokes = chokesOf(found.value);
  write(targets, input.console, (format, toTerminal) =>
    format === 'json' ? json(found.value, chokes, read) : table(found.value, chokes, read, limit, toTerminal && input.console.color),
  );
  const { length } = found.value.paths;
  if (length === 0 || read.flags.failOnPath !== true) return exit.clean;
  input.console.err(`cofferdam: ${counted(length, 'attack path')} (--fail-on-path)\n`);
  return exit.findings;
}

/** A start or goal that was asked for and is nowhere is a slip of the pen, not a cluster without paths. */
function mustName({ ends: { starts, goals } }: Paths, { flags, threat }: AttackInput): void {
  if (verbatim(flags, 'from').length > 0 && starts.length === 0)
    throw new Stop(problem('usage/bad-flag', `--from ${threat.from.join(', ')}: there is nothing of that name`));
  if (verbatim(flags, 'to').length > 0 && goals.length === 0)
    throw new Stop(problem('usage/bad-flag', `--to ${threat.to.join(', ')}: there is nothing of that name`));
}

function chokesOf({ ends: { graph, goals }, paths }: Paths): readonly ChokePoint[] {
  const starts = [...new Set(paths.map(({ from }) => from))].flatMap(
    ({ kind, namespace, name }) => graph.find(kind, namespace, name) ?? [],
  );
  return starts.length > 1 ? chokePoints(graph, starts, goals).slice(0, 5) : [];
}

/** Starts from which nothing has to be gained. They have no path: the goal is held where the attacker begins. */
function startsAtGoal({ ends: { starts, goals } }: Paths): number {
  const wanted = new Set(goals);
  return starts.filter((start) => wanted.has(start)).length;
}

/** What the starts named on the command line hold in the end, by kind: how far an attacker gets who begins there. */
function radius({ ends: { graph, starts } }: Paths, { threat }: AttackInput): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const vertex of reachOf(graph, starts, { unknown: threat.knownOnly })) {
    const found = graph.vertices[vertex];
    if (found !== undefined && isPosition(found)) counts[found.kind] = (counts[found.kind] ?? 0) + 1;
  }
  return counts;
}

/** In pieces, each path when its turn comes. */
function json(found: Paths, chokes: readonly ChokePoint[], read: AttackInput): Iterable<string> {
  const { paths, candidates, starts, ends } = found;
  const { graph } = ends;
  const { shown, truncated } = withinHops(paths);
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Paths',
    from: read.threat.from,
    to: read.threat.to,
    summary: {
      paths: paths.length,
      known: paths.filter(({ known }) => known).length,
      starts,
      startsWithAWay: candidates,
      startsAtGoal: startsAtGoal(found),
    },
    ...(truncated === undefined ? {} : { truncated }),
    paths: shown.map((path) => ({ toJSON: () => pathJson(path, read.locate) })),
    chokePoints: chokes.map(({ vertex, starts: passing }) => ({ ...vertexJson(vertex), starts: passing })),
    reach: radius(found, read),
    unknown: graph.unknown,
    graph: { vertices: graph.vertices.length, arcs: graph.arcs.length },
  };
  return jsonPieces(result);
}

function table(found: Paths, chokes: readonly ChokePoint[], read: AttackInput, limit: number, color: boolean): string {
  const { paths, ends } = found;
  const lines: string[] = [];
  for (const path of paths.slice(0, limit)) lines.push(...pathLines(path, read.locate, color), '');
  if (paths.length > limit) lines.push(`… and ${counted(paths.length - limit, 'more path')} (--limit ${paths.length} shows them)`, '');
  lines.push(paint(summary(found), 'bold', color));
  if (chokes.length > 0) {
    lines.push('', 'what most of them pass:');
    for (const { vertex, starts: passing } of chokes)
      lines.push(`  ${printable(vertexText(vertex))}  every way of ${counted(passing, 'start')}`);
  }
  lines.push(...unknownLines(ends.graph.unknown));
  if (paths.length > 0) lines.push('', '`cofferdam fixes`, with the same words and flags, tells the smallest change that closes them.');
  return `${lines.join('\n')}\n`;
}

function summary(found: Paths): string {
  const { paths, candidates, starts } = found;
  const sure = paths.filter(({ known }) => known).length;
  const doubtful = paths.length - sure;
  const may = doubtful === 0 ? '' : `, ${doubtful} of them only where something that was not read allows it`;
  const there = startsAtGoal(found);
  const already =
    there === 0 ? '' : `; ${there} of them ${there === 1 ? 'is a goal itself' : 'are goals themselves'}, to which no way is needed`;
  return `${counted(paths.length, 'attack path')}${may}; ${candidates} of ${counted(starts, 'start')} ${candidates === 1 ? 'has' : 'have'} a way${already}`;
}

// `cofferdam snapshot show`: what a saved snapshot holds.

import { cut, pad, paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import { printable } from '../../lib/text.ts';
import { counted, problemText } from '../../report/words.ts';
import type { Coverage, Resource } from '../../snapshot/snapshot.ts';
import { readPath } from '../../sources/read.ts';
import { isSnapshotText, readSnapshotFile, type SavedSnapshot } from '../../sources/snapshot-file.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';

interface KindCount {
  readonly group: string;
  readonly kind: string;
  readonly objects: number;
  readonly namespaces: number;
}

export async function run({ words, flags, console, now }: CommandInput): Promise<number> {
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const saved = await open(words[0] ?? '', now);
  const kinds = countKinds(saved.resources);
  write(targets, console, (format, toTerminal) =>
    format === 'json'
      ? json(saved, kinds, now)
      : table(saved, kinds, now, toTerminal && console.color, toTerminal ? console.width : undefined, flags.verbose === true),
  );
  return exit.clean;
}

async function open(path: string, now: number): Promise<SavedSnapshot> {
  const { texts, problems } = await readPath({ kind: 'file', path, named: true }, () => process.stdin);
  const text = texts.find((candidate) => isSnapshotText(candidate.text));
  if (text === undefined) throw new Stop(problems[0] ?? problem('snapshot/invalid', `${path}: not a saved snapshot`));
  const read = readSnapshotFile(text.text, path, now);
  if (!read.ok) throw new Stop(read.problem);
  return read.value;
}

function countKinds(resources: readonly Resource[]): readonly KindCount[] {
  const counts = new Map<string, { group: string; kind: string; objects: number; namespaces: Set<string> }>();
  for (const { group, kind, namespace } of resources) {
    const key = `${group}/${kind}`;
    const count = counts.get(key) ?? { group, kind, objects: 0, namespaces: new Set<string>() };
    count.objects++;
    if (namespace !== '') count.namespaces.add(namespace);
    counts.set(key, count);
  }
  return [...counts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { group, kind, objects, namespaces }]) => ({ group, kind, objects, namespaces: namespaces.size }));
}

function json(saved: SavedSnapshot, kinds: readonly KindCount[], now: number): string {
  const { context, gitVersion, readAt, facts, coverage, problems, resources } = saved;
  const summary = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'SnapshotSummary',
    context,
    gitVersion,
    readAt: readAt === undefined ? undefined : new Date(readAt).toISOString(),
    age: readAt === undefined ? undefined : Math.max(0, Math.round((now - readAt) / 1000)),
    facts,
    objects: resources.length,
    kinds,
    coverage,
    problems,
  };
  return `${JSON.stringify(summary, undefined, 2)}\n`;
}

function table(
  saved: SavedSnapshot,
  kinds: readonly KindCount[],
  now: number,
  color: boolean,
  width: number | undefined,
  verbose: boolean,
): string {
  const { context, gitVersion, readAt, facts, coverage, problems, resources } = saved;
  const fit = (line: string) => (width === undefined ? line : cut(line, width));
  const version = `Kubernetes ${gitVersion ?? (facts.versionKnown ? facts.kubernetesVersion : 'of unknown version')}`;
  const about = [
    context === undefined
      ? 'manifests'
      : `cluster ${printable(context)}, ${printable(version)}${facts.distribution === undefined ? '' : `, ${facts.distribution}`}`,
    ...(readAt === undefined ? [] : [`read ${rfc3339(readAt)}, ${ageText(now - readAt)} ago`]),
    `${counted(resources.length, 'object')} of ${counted(kinds.length, 'kind')}; the values of Secrets are not in it`,
  ];
  const names = kinds.map(({ group, kind }) => printable(group === '' ? kind : `${kind}.${group}`));
  const wide = Math.max(0, ...names.map((name) => name.length));
  const rows = kinds.map(({ objects, namespaces }, index) => {
    const where = namespaces === 0 ? '' : `  in ${counted(namespaces, 'namespace')}`;
    return `  ${pad(names[index] ?? '', wide)}  ${String(objects).padStart(7)}${where}`;
  });
  const missing = coverage.filter(({ state }) => state === 'failed' || state === 'partial' || (verbose && state !== 'read'));
  const told = problems.filter(({ level }) => verbose || level !== 'note');
  return [
    ...about.map(fit),
    '',
    ...rows.map(fit),
    ...(missing.length === 0
      ? []
      : ['', paint('not read, or not whole:', 'yellow', color), ...missing.map((item) => fit(`  ${coverageText(item)}`))]),
    ...(told.length === 0
      ? []
      : ['', paint('problems while it was read:', 'yellow', color), ...told.map((item) => fit(`  ${printable(problemText(item))}`))]),
    '',
  ].join('\n');
}

function coverageText({ source, state, detail }: Coverage): string {
  return printable(`${source}: ${state}, ${detail}`);
}

const units: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1];
  return counted(Math.floor(seconds / size), unit);
}

// `cofferdam snapshot save`: read a cluster or manifests and write them as one file.

import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { asString, field } from '../../lib/json.ts';
import { problem, told } from '../../lib/problem.ts';
import { counted, problemText } from '../../report/words.ts';
import { assumedFacts, type Resource } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { type SnapshotHead, snapshotText } from '../../sources/snapshot-file.ts';
import { asServed, meansCluster, readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { word } from '../flags.ts';

interface Taken {
  readonly head: SnapshotHead;
  readonly resources: readonly Resource[];
}

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const file = word(flags, 'output');
  const { head, resources } = meansCluster(words, flags) || words.length === 0 ? await cluster(input) : await manifests(input);
  for (const item of head.problems)
    if (item.level !== 'note' || flags.verbose === true) console.err(`${item.level ?? 'error'}: ${problemText(item)}\n`);
  if (resources.length === 0) {
    console.err('cofferdam: nothing to save: no Kubernetes object was read\n');
    return exit.usage;
  }
  if (file === undefined) for (const piece of snapshotText(head, resources)) console.out(piece);
  else await writeFile(file, snapshotText(head, resources));
  if (!console.quiet) console.err(`saved ${counted(resources.length, 'object')}${file === undefined ? '' : ` to ${file}`}\n`);
  return exit.clean;
}

async function cluster(input: CommandInput): Promise<Taken> {
  const { facts, coverage, problems, context, version, resources } = await readCluster(input, asServed);
  return { head: { facts, coverage, problems, context, gitVersion: asString(field(version, 'gitVersion')), readAt: input.now }, resources };
}

async function manifests({ words, flags }: CommandInput): Promise<Taken> {
  const namespace = word(flags, 'namespace');
  const { resources, coverage, problems } = await load(words, namespace === undefined ? {} : { defaultNamespace: namespace });
  const head = { facts: assumedFacts(undefined), coverage, problems, context: undefined, gitVersion: undefined, readAt: undefined };
  return { head, resources };
}

/** Writes beside the file and moves it in place, so that a half-written snapshot is never taken for a whole one. Only the owner may read it. */
async function writeFile(file: string, pieces: Iterable<string>): Promise<void> {
  const half = `${file}.${process.pid}.part`;
  const target = () => createWriteStream(half, { mode: 0o600 });
  try {
    if (file.endsWith('.gz')) await pipeline(Readable.from(pieces), createGzip(), target());
    else await pipeline(Readable.from(pieces), target());
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    throw new Stop(problem('usage/bad-flag', `cannot write ${file}: ${told(error)}`));
  }
}

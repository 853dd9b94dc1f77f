// Everything that paths lead to, as resources: manifests, archives, standard input, kustomizations and charts as they are deployed. One
// broken input never hides another. The texts are kept so that positions can be found, comments read and files repaired later.

import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Problem } from '../lib/problem.ts';
import type { ClusterFacts, Coverage, Resource } from '../snapshot/snapshot.ts';
import type { SourceText, Unpacked } from './archive.ts';
import { chartFolders, chartsOf } from './charts.ts';
import { Gathering } from './gathering.ts';
import { planKustomizations, takenIn } from './kustomized.ts';
import { readPath, readQuietly } from './read.ts';
import { type RenderMode, render } from './render.ts';
import { scoped } from './scopes.ts';
import { type Found, isKustomization, isManifest, tidy, walk } from './walk.ts';

export interface LoadOptions {
  readonly defaultNamespace?: string;
  /** Whether kustomizations and charts are rendered by other programs. Default `auto`. */
  readonly render?: RenderMode;
  /** Where those programs are looked for. Default: the `PATH` of this process. */
  readonly searchPath?: string;
  readonly kubernetesVersion?: string;
  /** Default: the standard input of this process. */
  readonly stdin?: () => Readable;
  /** Milliseconds since the epoch, for the age of saved snapshots. */
  readonly now?: number;
}

export interface Loaded {
  readonly resources: readonly Resource[];
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
  /** Text by file name, for positions, comments and fixes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly files: number;
  /** What a saved snapshot among the inputs says of its cluster. */
  readonly facts?: ClusterFacts;
}

/** Reads everything under `paths`. What cannot be read is a problem; the rest is kept. Equal inputs give equal results in equal order. */
export async function load(paths: readonly string[], options: LoadOptions = {}): Promise<Loaded> {
  const { found, problems } = walk(paths);
  const stdin = options.stdin ?? (() => process.stdin);
  const first = new Map<Found, Unpacked>();
  for (const item of found) if (isReadFirst(item)) first.set(item, await readPath(item, stdin));
  const members = [...first.values()].flatMap(({ texts }) => texts);
  const plan = planKustomizations(members.filter(isKustomizationText), new Set(paths.map(tidy)), readQuietly);
  const charts = chartsOf(found, members);
  const sources = [...plan.sources.keys(), ...charts];
  const pending = render(sources, {
    mode: options.render ?? 'auto',
    searchPath: options.searchPath ?? process.env.PATH ?? '',
    kubernetesVersion: options.kubernetesVersion,
  });
  const gathering = new Gathering(plan, chartFolders(members.map((text) => text.path)), options.defaultNamespace, options.now);
  gathering.tell(problems);
  const inKustomizations = new Set([...plan.sources.values()].flatMap((item) => takenIn(item, plan.graph)));
  const later = new Set(found.filter((item) => !item.named && inKustomizations.has(item.path)));
  for (const [index, item] of found.entries()) {
    if (sources.length > 0 && index % 32 === 0) await setImmediate();
    if (item.kind === 'file' && !later.has(item)) gathering.add(item, first.get(item) ?? (await readPath(item, stdin)));
  }
  const rendered = await pending;
  gathering.render(rendered);
  for (const item of later) if (!gathering.isTaken(item.path)) gathering.add(item, await readPath(item, stdin));
  const resources = gathering.resources(found);
  const textOf = ({ origin }: Resource) =>
    origin.kind === 'file' ? gathering.texts.get(origin.file)?.slice(origin.document, origin.documentEnd) : undefined;
  return {
    resources: scoped(resources, textOf),
    problems: gathering.problems,
    coverage: gathering.coverage(rendered),
    texts: gathering.texts,
    files: gathering.files,
    ...(gathering.facts === undefined ? {} : { facts: gathering.facts }),
  };
}

/** Kustomizations decide what other files mean, and archives and streams may hold some. */
function isReadFirst({ kind, path }: Found): boolean {
  return kind === 'file' && (isKustomization(path) || !isManifest(path));
}

function isKustomizationText({ path }: SourceText): boolean {
  return isKustomization(path);
}

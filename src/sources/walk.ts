// Which files a scan reads: the paths a person names, folders walked whole, in one order on every machine, no file twice.
// Charts are told apart here, because their templates are no manifests; kustomizations are files like others and are read later.

import { type Dirent, globSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { posix } from 'node:path';
import { type Problem, problem } from '../lib/problem.ts';

/** One thing to read. `named` is true where the user gave this very path, so that silence about it would be wrong. */
export interface Found {
  readonly kind: 'file' | 'chart';
  readonly path: string;
  readonly named: boolean;
}

export interface Walk {
  /** Files, and folders with a Chart.yaml that are not inside another chart, in the order of reports. */
  readonly found: readonly Found[];
  readonly problems: readonly Problem[];
}

const manifest = /\.(?:ya?ml|json)$/i;
const archive = /\.(?:tar|tgz|gz)$/i;
const kustomization = /^(?:kustomization\.ya?ml|Kustomization)$/;
const skippedFolders = new Set(['.git', 'node_modules', '.terraform', '.cache']);
/** Parts of a chart that mean nothing without Helm. */
const chartOnly = /^(?:templates|charts|Chart\.(?:yaml|lock)|values.*\.(?:ya?ml|json)|requirements\.(?:yaml|lock))$/;
const maxFolderDepth = 100;

/** True for the names of files and archives that are read when a glob finds them. */
export function isReadable(path: string): boolean {
  return manifest.test(path) || archive.test(path) || isKustomization(path);
}

/** True for names that may hold manifests: the files a walk looks into. */
export function isManifest(path: string): boolean {
  return manifest.test(path);
}

/** True for the three names that kustomize gives its file. */
export function isKustomization(path: string): boolean {
  return kustomization.test(posix.basename(path));
}

interface State {
  /** By real path, so that no file is read twice under two names. */
  readonly found: Map<string, Found>;
  readonly problems: Problem[];
}

/** Expands files, folders and globs. `-` stands for standard input and is passed on. */
export function walk(paths: readonly string[]): Walk {
  const state: State = { found: new Map(), problems: [] };
  for (const path of paths) {
    if (path === '-') add('file', '-', '-', true, state);
    else expand(tidy(path), state);
  }
  return { found: [...state.found.values()], problems: state.problems };
}

function expand(path: string, state: State): void {
  const status = attempt(() => statSync(path));
  if (status !== undefined) {
    visit(path, status, true, state);
    return;
  }
  const matches = /[*?[{]/.test(path) ? globSync(path).map(tidy).sort(byName) : [];
  if (matches.length === 0) state.problems.push(problem('input/not-found', `${path}: ${isBrokenLink(path)}`));
  for (const match of matches) {
    const found = attempt(() => statSync(match));
    if (found?.isDirectory() || isReadable(match)) visit(match, found, false, state);
  }
}

function visit(path: string, status: Stats | undefined, named: boolean, state: State): void {
  // A pipe such as /dev/fd/63 has no real path and is read all the same.
  const real = attempt(() => realpathSync.native(path)) ?? (named ? path : undefined);
  if (status === undefined || real === undefined) state.problems.push(unreadable(path, 'cannot be read'));
  else if (status.isDirectory()) folder(path, real, named, state, [], false);
  else if (status.isFile() || named) add('file', real, path, named, state);
}

/** `above` holds the real paths of the folders on the way down: one met again is a loop. */
function folder(path: string, real: string, named: boolean, state: State, above: readonly string[], inChart: boolean): void {
  if (above.includes(real)) {
    const at = { file: path, line: 1, column: 1 };
    state.problems.push(problem('input/symlink-loop', `${path}: a symbolic link leads back to a folder above it`, at, 'warning'));
    return;
  }
  const entries = above.length > maxFolderDepth ? undefined : attempt(() => readdirSync(path, { withFileTypes: true }));
  if (entries === undefined) {
    state.problems.push(unreadable(path, above.length > maxFolderDepth ? 'nested too deep' : 'the folder cannot be read'));
    return;
  }
  const chart = inChart || entries.some((entry) => entry.name === 'Chart.yaml');
  if (chart && !inChart) add('chart', real, path, named, state);
  const here = [...above, real];
  for (const entry of entries.sort((a, b) => byName(a.name, b.name)))
    if (!(chart && chartOnly.test(entry.name))) child(path, real, entry, state, here, chart);
}

function child(path: string, real: string, entry: Dirent, state: State, above: readonly string[], inChart: boolean): void {
  const name = path === '.' ? entry.name : path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
  const link = entry.isSymbolicLink();
  if (link && !manifest.test(entry.name) && !attempt(() => statSync(name))?.isDirectory()) return;
  const status = link ? attempt(() => statSync(name)) : entry;
  const target = link ? attempt(() => realpathSync.native(name)) : `${real}/${entry.name}`;
  if (status === undefined || target === undefined) {
    state.problems.push(problem('input/unreadable', `${name}: a symbolic link that leads nowhere`, undefined, 'warning'));
  } else if (link && !isWithin(target, above[0] ?? real)) {
    const text = `${name}: a symbolic link that leads out of the folder is not followed; name what it leads to`;
    state.problems.push(problem('input/skipped', text, { file: name, line: 1, column: 1 }, 'warning'));
  } else if (status.isDirectory()) {
    if (!skippedFolders.has(entry.name)) folder(name, target, false, state, above, inChart);
  } else if (status.isFile() && (manifest.test(entry.name) || isKustomization(entry.name))) add('file', target, name, false, state);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function add(kind: Found['kind'], real: string, path: string, named: boolean, state: State): void {
  const known = state.found.get(real);
  if (known === undefined) state.found.set(real, { kind, path, named });
  else if (named && !known.named) state.found.set(real, { ...known, named });
}

/** The path with `./`, doubled slashes and inner `..` removed, as reports show it. */
export function tidy(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function isBrokenLink(path: string): string {
  return attempt(() => readdirSync(posix.dirname(path)).includes(posix.basename(path))) === true
    ? 'a symbolic link that leads nowhere, or a file that may not be read'
    : 'no such file or folder';
}

function unreadable(path: string, why: string): Problem {
  return problem('input/unreadable', `${path}: ${why}`, { file: path, line: 1, column: 1 });
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Which files a scan reads: the paths a person names, folders walked whole, in one order on every machine.

import { globSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { type Problem, problem } from '../lib/problem.ts';

/** One file to read. `named` is true where the user gave this very path, so that silence about it would be wrong. */
export interface FoundFile {
  readonly path: string;
  readonly named: boolean;
}

export interface Walk {
  readonly files: readonly FoundFile[];
  /** Folders with a kustomization or a chart; their files are not manifests by themselves. */
  readonly problems: readonly Problem[];
}

const manifest = /\.(?:ya?ml|json)$/i;
const archive = /\.(?:tar|tar\.gz|tgz|gz)$/i;
const skippedFolders = new Set(['.git', 'node_modules', '.terraform', '.cache']);

/** Expands files, folders and globs. `-` stands for standard input and is passed on. */
export function walk(paths: readonly string[]): Walk {
  const files = new Map<string, FoundFile>();
  const problems: Problem[] = [];
  for (const path of paths) {
    if (path === '-') files.set('-', { path: '-', named: true });
    else expand(path, files, problems);
  }
  return { files: [...files.values()], problems };
}

function expand(path: string, files: Map<string, FoundFile>, problems: Problem[]): void {
  const status = stat(path);
  if (status?.isDirectory()) {
    folder(stripSlash(path), files, problems, new Set());
    return;
  }
  if (status !== undefined) {
    add(files, path, true);
    return;
  }
  const matches = /[*?[{]/.test(path) ? globSync(path).sort(byName) : [];
  if (matches.length === 0) problems.push(problem('input/not-found', `${path}: no such file or folder`));
  for (const match of matches) {
    if (stat(match)?.isDirectory()) folder(match, files, problems, new Set());
    else if (manifest.test(match) || archive.test(match)) add(files, match, false);
  }
}

function folder(path: string, files: Map<string, FoundFile>, problems: Problem[], above: ReadonlySet<string>): void {
  const real = attempt(() => realpathSync(path));
  if (real !== undefined && above.has(real)) {
    problems.push(
      problem(
        'input/symlink-loop',
        `${path}: a symbolic link leads back to a folder above it`,
        { file: path, line: 1, column: 1 },
        'warning',
      ),
    );
    return;
  }
  const entries = attempt(() => readdirSync(path, { withFileTypes: true }));
  if (entries === undefined) {
    problems.push(problem('input/unreadable', `${path}: the folder cannot be read`));
    return;
  }
  const here = real === undefined ? above : new Set([...above, real]);
  for (const entry of [...entries].sort((a, b) => byName(a.name, b.name))) {
    const child = path === '.' ? entry.name : `${path}/${entry.name}`;
    const status = entry.isSymbolicLink() ? stat(child) : entry;
    if (status === undefined)
      problems.push(problem('input/unreadable', `${child}: a symbolic link that leads nowhere`, undefined, 'warning'));
    else if (status.isDirectory()) {
      if (!skippedFolders.has(entry.name)) folder(child, files, problems, here);
    } else if (status.isFile() && manifest.test(entry.name)) add(files, child, false);
  }
}

function add(files: Map<string, FoundFile>, path: string, named: boolean): void {
  const known = files.get(path);
  if (known === undefined || (named && !known.named)) files.set(path, { path, named });
}

function stat(path: string): ReturnType<typeof statSync> | undefined {
  return attempt(() => statSync(path)) ?? attempt(() => (lstatSync(path).isSymbolicLink() ? undefined : lstatSync(path)));
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

function stripSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.replace(/\/+$/, '') : path;
}

// Finds the files of a repository that say how things are built and shipped. Symbolic links are not followed; what is too large is left out.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { kindOfFile, type RepositoryFile } from '../../assessment/repository/file.ts';
import { problem } from '../../lib/problem.ts';
import { withoutEnd } from '../../lib/text.ts';
import { Stop } from '../exit.ts';

const skipped = new Set(['.git', 'node_modules', 'vendor', '.terraform', '.cache', 'dist']);
const [deepest, mostFiles, longest] = [16, 1000, 1024 * 1024];

/** The files below these folders, in one order on every machine. `asked`: the user named them, so that none found is an answer too. */
export function readRepository(folders: readonly string[], asked: boolean): readonly RepositoryFile[] | undefined {
  const found: RepositoryFile[] = [];
  for (const folder of folders) {
    if (isFolder(folder)) walk(withoutEnd(folder, '/') || '/', 0, found);
    else if (asked) throw new Stop(problem('usage/bad-flag', `--repository ${folder}: there is no such folder`));
  }
  return asked || found.length > 0 ? found : undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function walk(folder: string, depth: number, found: RepositoryFile[]): void {
  for (const entry of entries(folder)) {
    if (found.length >= mostFiles) return;
    const path = join(folder, entry.name).replaceAll('\\', '/');
    if (entry.isDirectory()) {
      if (depth < deepest && !skipped.has(entry.name)) walk(path, depth + 1, found);
      continue;
    }
    const kind = entry.isFile() ? kindOfFile(path) : undefined;
    const text = kind === undefined ? undefined : textOf(path);
    if (kind !== undefined && text !== undefined) found.push({ kind, path, text });
  }
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return statSync(path).size > longest ? undefined : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

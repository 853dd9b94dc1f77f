// Manifests from files, folders and standard input: the texts themselves are kept so that positions can be found later.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { type Problem, problem } from '../lib/problem.ts';
import type { Coverage, Resource } from '../snapshot/snapshot.ts';
import { type DocumentCache, readManifests } from './manifests.ts';
import { walk } from './walk.ts';

/** Largest file that is read, in bytes; a text of V8 cannot be much larger. */
export const maxFileSize = 256 * 1024 * 1024;

export interface LoadedFiles {
  readonly resources: readonly Resource[];
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
  /** Text by file name, for positions and fixes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly files: number;
}

/** Reads everything under `paths`. What cannot be read is a problem; the rest is kept. */
export function loadFiles(paths: readonly string[], options: { readonly defaultNamespace?: string } = {}): LoadedFiles {
  const found = walk(paths);
  const problems: Problem[] = [...found.problems];
  const resources: Resource[] = [];
  const texts = new Map<string, string>();
  const cache: DocumentCache = new Map();
  let read = 0;
  let others = 0;
  for (const file of found.files) {
    const text = readText(file.path, problems);
    if (text === undefined) continue;
    read++;
    const manifests = readManifests(text, file.path, cache, options);
    for (const item of manifests.resources) resources.push(item);
    for (const item of manifests.problems) problems.push(item);
    if (manifests.resources.length > 0 || manifests.problems.length > 0) texts.set(file.path, text);
    others += manifests.others;
  }
  const failed = found.files.length - read;
  const detail = `${read} files read${failed > 0 ? `, ${failed} not readable` : ''}${others > 0 ? `, ${others} documents that are no Kubernetes objects` : ''}`;
  return { resources, problems, coverage: [{ source: 'manifests', state: failed > 0 ? 'partial' : 'read', detail }], texts, files: read };
}

function readText(path: string, problems: Problem[]): string | undefined {
  try {
    const bytes = path === '-' ? readFileSync(0) : readLimited(path, problems);
    if (bytes === undefined) return undefined;
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd') && !bytes.equals(Buffer.from(text, 'utf8')))
      problems.push(
        problem(
          'input/not-utf8',
          `${path}: not valid UTF-8; unreadable bytes are shown as U+FFFD`,
          { file: path, line: 1, column: 1 },
          'warning',
        ),
      );
    return text;
  } catch (error) {
    problems.push(problem('input/unreadable', `${path}: ${reason(error)}`, { file: path, line: 1, column: 1 }));
    return undefined;
  }
}

function readLimited(path: string, problems: Problem[]): Buffer | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw new Error('is a folder');
    if (status.size > maxFileSize) {
      problems.push(
        problem('input/too-large', `${path}: ${status.size} bytes are over the limit of ${maxFileSize}`, {
          file: path,
          line: 1,
          column: 1,
        }),
      );
      return undefined;
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function reason(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}

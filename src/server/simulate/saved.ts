// The file that a simulated server's state is kept in: read at the start, written a moment after the state has changed, and at the end. A file
// that this program did not write is never touched, and two servers never share one: a lock beside it names the process that has it. What was
// written in the last moment before a `kill -9` is lost.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asList, asNumber, field, type Json, type JsonObject } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { World } from './world.ts';

const apiVersion = 'cofferdam.dev/v1';
const kind = 'SimulatedState';
/** Milliseconds from a change to its writing. */
const saveAfter = 1_000;

export interface Saved {
  /** The revision of the last write. */
  readonly revision: number;
  readonly objects: readonly KubeObject[];
}

/** The state in a file; undefined where there is none yet. */
export function readSaved(file: string): Result<Saved | undefined, Problem> {
  if (!existsSync(file)) return ok(undefined);
  let value: Json;
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    return failure(problem('snapshot/invalid', `--save ${file}: cannot be read as a saved state, and is left as it is: ${told(error)}`));
  }
  if (field(value, 'apiVersion') !== apiVersion || field(value, 'kind') !== kind)
    return failure(problem('snapshot/invalid', `--save ${file}: is no state that simulate saved, and is left as it is; name another file`));
  return ok({ revision: asNumber(field(value, 'revision')) ?? 0, objects: asList(field(value, 'items')).filter(isKubeObject) });
}

/** Takes the file for this process; the value gives it back. */
export function lock(file: string): Result<() => void, Problem> {
  const name = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const holder = existsSync(name) ? Number(readFileSync(name, 'utf8')) : 0;
    if (holder > 0 && holder !== process.pid && isAlive(holder))
      return failure(problem('input/unreadable', `--save ${file}: another simulate (process ${holder}) keeps its state there`));
    rmSync(name, { force: true });
    const descriptor = openSync(name, 'wx', 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return ok(() => {
      try {
        rmSync(name, { force: true });
      } catch {
        // The folder is gone, and the lock with it.
      }
    });
  } catch (error) {
    return failure(problem('input/unreadable', `--save ${file}: cannot be written: ${told(error)}`));
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Keeps the state in the file until the value is called; a write that fails is told and tried again with the next change. */
export function keep(world: World, file: string, tell: (message: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    timer = undefined;
    try {
      replaceFile(file, textOf(world));
    } catch (error) {
      tell(`the state could not be saved to ${file}: ${told(error)}`);
    }
  };
  const unsubscribe = world.store.subscribe(() => {
    timer ??= setTimeout(save, saveAfter);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
    save();
  };
}

/** Puts a whole text in place of a file that only its owner may read; half of it is never seen under the name. */
export function replaceFile(file: string, text: Iterable<string>): void {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.part`;
  const descriptor = openSync(half, 'w', 0o600);
  try {
    for (const piece of text) writeSync(descriptor, piece);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(half, file);
}

/** A line for each object, in pieces, so that a large state is never one string. */
function* textOf({ store, catalog }: World): Generator<string> {
  const { core, groups } = catalog();
  const seen = new Set<string>();
  yield `{"apiVersion":"${apiVersion}","kind":"${kind}","revision":${store.revision()},"items":[`;
  let separator = '\n';
  for (const { versions } of [core, ...groups])
    for (const { resources } of versions)
      for (const { group, resource } of resources) {
        if (seen.has(`${group}/${resource}`)) continue;
        seen.add(`${group}/${resource}`);
        for (const object of store.list({ group, resource }) as readonly JsonObject[]) {
          yield `${separator}${JSON.stringify(object)}`;
          separator = ',\n';
        }
      }
  yield '\n]}\n';
}

/** What went wrong, for people. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

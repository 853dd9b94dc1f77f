// The file that a simulated server's state is kept in: read at the start, written a moment after the state has changed, and at the end. A file
// that this program did not write is never touched, and two servers never share one: a lock beside it names the process that has it. What was
// written in the last moment before a `kill -9` is lost.

import { existsSync, readFileSync } from 'node:fs';
import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asList, asNumber, field, type Json, type JsonObject } from '../../lib/json.ts';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { lock } from './lock.ts';
import { replaceFile } from './replace-file.ts';
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
export function lockState(file: string): Result<() => void, Problem> {
  try {
    const locked = lock(file);
    return locked.ok ? locked : failure(problem('input/unreadable', `--save ${file}: ${locked.problem}`));
  } catch (error) {
    return failure(problem('input/unreadable', `--save ${file}: cannot be written: ${told(error)}`));
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

/** A line for each object, in pieces, so that a large state is never one string. */
function* textOf({ store, catalog }: World): Generator<string> {
  const { core, groups } = catalog();
  const seen = new Set<string>();
  yield `{"apiVersion":"${apiVersion}","kind":"${kind}","revision":${store.revision()},"items":[`;
  let separator = '\n';
  for (const { versions } of [core, ...groups])
    for (const { resources } of versions)
      for (const { group, resource } of resources) {
        // The server makes these up.
        if (seen.has(`${group}/${resource}`) || (group === '' && resource === 'componentstatuses')) continue;
        seen.add(`${group}/${resource}`);
        for (const object of store.list({ group, resource }) as readonly JsonObject[]) {
          yield `${separator}${JSON.stringify(object)}`;
          separator = ',\n';
        }
      }
  yield '\n]}\n';
}

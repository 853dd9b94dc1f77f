// A lock beside a file: one process at a time has it. The lock names the process and its machine; one whose process is gone is taken over, one
// of another machine is not judged from here, and what is no lock of ours is left alone.

import { closeSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { failure, ok, type Result } from '../../lib/result.ts';

/** Locks that this process holds. */
const held = new Set<string>();

/** Takes a file for this process; the value gives it back. A failure says who has it. */
export function lock(file: string): Result<() => void, string> {
  const name = join(dirname(resolve(file)), `.${basename(file)}.cofferdam-lock`);
  const own = `cofferdam ${process.pid} ${hostname()}\n`;
  mkdirSync(dirname(name), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (held.has(name)) return failure('this process keeps another state there');
    if (created(name, own)) {
      held.add(name);
      return ok(() => release(name));
    }
    const holder = readLock(name);
    if (holder === undefined) continue;
    const why = stillThere(holder, name);
    if (why !== undefined) return failure(why);
    discard(name, holder);
  }
  return failure('others take it at the same moment');
}

function created(name: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(name, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
  return true;
}

function readLock(name: string): string | undefined {
  try {
    return readFileSync(name, 'utf8').slice(0, 400);
  } catch {
    return undefined;
  }
}

function stillThere(holder: string, name: string): string | undefined {
  const match = /^cofferdam ([1-9][0-9]*) (.*)\n$/.exec(holder);
  if (match === null) return `${name} is no lock of simulate, and is left as it is`;
  const [, id = '', machine = ''] = match;
  if (machine !== hostname()) return `a simulate on ${machine} keeps its state there; remove ${name} if that is gone`;
  return Number(id) !== process.pid && isAlive(Number(id)) ? `another simulate (process ${id}) keeps its state there` : undefined;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes a lock that is left over away; where somebody else was quicker and has it by now, it is put back. */
function discard(name: string, stale: string): void {
  const aside = `${name}.${process.pid}`;
  try {
    renameSync(name, aside);
    if (readLock(aside) !== stale) linkSync(aside, name);
  } catch {
    // Somebody else takes it away, too.
  }
  rmSync(aside, { force: true });
}

function release(name: string): void {
  held.delete(name);
  try {
    rmSync(name, { force: true });
  } catch {
    // The folder is gone, and the lock with it.
  }
}

// Files that a simulated server writes: whole, or not at all, for their owner alone.

import { closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts a whole text in place of a file; half of it is never seen under the name. What is no ordinary file is written to. */
export function replaceFile(file: string, text: Iterable<string>): void {
  mkdirSync(dirname(file), { recursive: true });
  const status = statSync(file, { throwIfNoEntry: false });
  if (status !== undefined && !status.isFile()) {
    writeAll(openSync(file, 'w'), text);
    return;
  }
  const target = status === undefined ? file : realpathSync(file);
  const half = `${target}.${process.pid}.part`;
  try {
    writeAll(openSync(half, 'w', 0o600), text, true);
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}

function writeAll(descriptor: number, text: Iterable<string>, synced = false): void {
  try {
    for (const piece of text) {
      const bytes = Buffer.from(piece);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    }
    if (synced) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

// Writing a repaired text in the place of the old one: only where the file still holds exactly what was judged, whole or not at all (a new
// file beside it takes its name), with its encoding, its rights and its owner kept. A symbolic link stays a link.

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileEdit } from '../../controls/fix/texts.ts';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { decode, encode } from '../../sources/decode.ts';

/**
 * Why a file cannot be repaired in place, or by a diff; undefined where it can. Its text must be the one that was judged. A diff is UTF-8,
 * so it fits no other file.
 */
export function hindranceOf(file: string, judged: string, by: 'write' | 'diff' = 'write'): string | undefined {
  try {
    const status = statSync(file);
    if (!status.isFile()) return 'it is no ordinary file';
    if ((status.mode & 0o222) === 0) return 'it is read-only';
    const { text, encoding, valid } = decode(readFileSync(file));
    if (text !== judged) return 'it changed since it was read';
    if (by === 'diff' && encoding !== 'utf8') return 'it is written in UTF-16, which no diff can carry; --write can';
    return valid ? undefined : 'its bytes are not valid text';
  } catch {
    return 'it is no file that can be written';
  }
}

/** Writes an edit; gives the problem where it could not be done, and then nothing has changed. */
export function writeEdit({ file, before, after }: FileEdit): Problem | undefined {
  const at = { file, line: 1, column: 1 };
  const hindrance = hindranceOf(file, before);
  if (hindrance !== undefined) return problem('input/unreadable', `${file}: not written: ${hindrance}`, at);
  const target = realpathSync(file);
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  if (existsSync(beside)) return problem('input/unreadable', `${file}: not written: ${beside} is in the way`, at);
  try {
    const { mode, uid, gid } = statSync(target);
    const { encoding } = decode(readFileSync(target));
    writeWhole(beside, encode(after, encoding));
    chmodSync(beside, mode & 0o7777);
    keepOwner(beside, uid, gid);
    renameSync(beside, target);
    return undefined;
  } catch (error) {
    rmSync(beside, { force: true });
    return problem('input/unreadable', `${file}: not written: ${told(error)}`, at);
  }
}

function writeWhole(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Only root can give a file away; for others the owner is already right. */
function keepOwner(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid);
  } catch {
    // The writer is not the owner and may not say otherwise; the rights are kept all the same.
  }
}

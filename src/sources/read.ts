// The bytes of one path: a text, the members of an archive, standard input. What cannot be read is a problem, and the rest goes on.

import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { type Problem, problem, told } from '../lib/problem.ts';
import { type SourceText, textOf, type Unpacked, unpack } from './archive.ts';
import { maxFileSize } from './limits.ts';
import { isTarHeader } from './tar.ts';
import { type Found, isKustomization, isManifest } from './walk.ts';

const nothing: Unpacked = { texts: [], problems: [], archive: false };

/** Reads a path that was found. Plain manifests are read at once; what may be an archive is streamed. */
export async function readPath({ path, named }: Found, stdin: () => Readable): Promise<Unpacked> {
  if (path === '-') return unpack('-', stdin());
  const opened = openFile(path, named);
  if (opened.problem !== undefined) return { ...nothing, problems: [opened.problem] };
  if (opened.bytes === undefined) return unpack(path, createReadStream(path));
  const { bytes } = opened;
  if ((bytes[0] === 0x1f && bytes[1] === 0x8b) || (named && isTarHeader(bytes.subarray(0, 512))))
    return unpack(path, Readable.from([Buffer.from(bytes)]));
  const problems: Problem[] = [];
  return { texts: [textOf(path, bytes, named, problems)], problems, archive: false };
}

/** The text of a file that another one names; undefined where there is none that can be read. */
export function readQuietly(path: string): SourceText | undefined {
  const { bytes } = openFile(path, false);
  return bytes === undefined ? undefined : textOf(path, bytes, false, []);
}

/** Where files are read into: one piece of memory for all of them. Its content stands until the next file is read. */
let scratch = Buffer.allocUnsafe(1024 * 1024);

/** The whole file, in `scratch`: whoever keeps the bytes must copy them. */
function readWhole(descriptor: number, size: number): Buffer {
  if (size >= scratch.length) scratch = Buffer.allocUnsafe(Math.min(maxFileSize, 2 * size) + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, scratch, length, scratch.length - length, null);
    length += read;
    if (read === 0) return scratch.subarray(0, length);
    if (length === scratch.length) scratch = Buffer.concat([scratch], 2 * length);
  }
}

/** The bytes of an ordinary file; neither bytes nor a problem for what should be streamed. A pipe without a writer is no reason to wait. */
function openFile(path: string, named: boolean): { readonly bytes?: Buffer; readonly problem?: Problem } {
  const at = { file: path, line: 1, column: 1 };
  if (!isManifest(path) && !isKustomization(path)) return {};
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (!status.isFile()) return named ? {} : { problem: problem('input/unreadable', `${path}: not an ordinary file`, at) };
    if (status.size > maxFileSize) {
      const message = `${path}: ${status.size} bytes are over the limit of ${maxFileSize}`;
      return { problem: problem('input/too-large', message, at) };
    }
    return { bytes: readWhole(descriptor, status.size) };
  } catch (error) {
    return { problem: problem('input/unreadable', `${path}: ${reason(error)}`, at) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function reason(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return told(error);
}

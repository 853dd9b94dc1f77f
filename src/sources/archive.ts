// Archives of manifests: tar, gzipped tar, and single gzipped files, told apart by their first bytes, never by their name.
// Members are named `archive.tgz!path/in/it.yaml`. Nothing is written to disk; links are not followed; of two members with one name the last
// counts, as it would after unpacking.

import { Readable } from 'node:stream';
import { type Problem, problem } from '../lib/problem.ts';
import { decode, type Encoding } from './decode.ts';
import { BadGzip, GzipBomb, gunzip } from './gunzip.ts';
import { maxArchiveText, maxEntries, maxFileSize } from './limits.ts';
import { BadTar, isTarHeader, tarEntries } from './tar.ts';
import { isKustomization, isManifest } from './walk.ts';

/** A text that was read, with the name it has in reports. */
export interface SourceText {
  readonly file: string;
  /** The path that names in the text are relative to: `file`, or `archive.tgz!/path/in/it.yaml`. */
  readonly path: string;
  readonly archived: boolean;
  readonly text: string;
  readonly encoding: Encoding;
  /** True where the user named this very text. */
  readonly named: boolean;
}

export interface Unpacked {
  readonly texts: readonly SourceText[];
  readonly problems: readonly Problem[];
  /** True where the stream was a tar archive and not a single text. */
  readonly archive: boolean;
}

/** Reads a stream that may be gzipped and may be a tar archive; a plain text is its own single member. */
export async function unpack(file: string, stream: Readable): Promise<Unpacked> {
  const texts = new Map<string, SourceText>();
  const problems: Problem[] = [];
  let archive = false;
  try {
    const raw = await peeked(stream, 2);
    const packed = raw.head[0] === 0x1f && raw.head[1] === 0x8b;
    const plain = packed ? await peeked(gunzip(Readable.from(raw.all)), 512) : await peeked(raw.all, 512);
    archive = isTarHeader(plain.head) || (plain.head.length === 512 && plain.head.every((byte) => byte === 0));
    if (archive) await members(file, plain.all, texts, problems);
    else texts.set('', await single(file, plain.all, problems));
  } catch (error) {
    if (!(error instanceof BadTar || error instanceof BadGzip || isSystemError(error))) throw error;
    const code = isSystemError(error) ? 'input/unreadable' : 'input/bad-archive';
    const kept = texts.size === 0 ? '' : `; ${texts.size} files before that were read`;
    problems.push(at(code, file, `${file}: ${error.message}${kept}`));
  }
  return { texts: [...texts.values()], problems, archive };
}

async function members(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  texts: Map<string, SourceText>,
  problems: Problem[],
): Promise<void> {
  let entries = 0;
  let total = 0;
  const fits = (name: string, size: number) => isText(name) && size <= maxFileSize && total + size <= maxArchiveText;
  for await (const entry of tarEntries(chunks, fits)) {
    if (++entries > maxEntries) throw new BadTar(`more than ${maxEntries} entries`);
    if (!isText(entry.name) || entry.kind === 'folder' || entry.kind === 'other') continue;
    const shown = `${file}!${insideName(entry.name)}`;
    if (entry.kind === 'link' || entry.kind === 'sparse') {
      const why = entry.kind === 'link' ? 'a link, which is not followed' : 'a sparse file, which is not read';
      problems.push(at('input/skipped', shown, `${shown}: ${why}`, 'warning'));
    } else if (entry.bytes === undefined) {
      problems.push(at('input/too-large', shown, `${shown}: ${entry.size} bytes are over the limits of an archive`));
    } else {
      if (entry.name.startsWith('/') || entry.name.split('/').includes('..'))
        problems.push(at('input/bad-archive', shown, `${shown}: its name in the archive leads out of it`, 'warning'));
      if (texts.has(shown)) problems.push(at('input/bad-archive', shown, `${shown}: twice in the archive; the last one counts`, 'warning'));
      total += entry.bytes.length;
      texts.delete(shown);
      const text = textOf(shown, entry.bytes, false, problems);
      texts.set(shown, { ...text, path: `${file}!/${insideName(entry.name)}`, archived: true });
    }
  }
}

async function single(file: string, chunks: AsyncIterable<Uint8Array>, problems: Problem[]): Promise<SourceText> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > maxFileSize) throw new GzipBomb(`more than the limit of ${maxFileSize} bytes`);
      parts.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof BadGzip) || error instanceof GzipBomb) throw error;
    problems.push(at('input/bad-archive', file, `${file}: ${error.message}; what came before it was read`));
  }
  return textOf(file, Buffer.concat(parts), true, problems);
}

/** Bytes as a text, with a warning where they are not valid. */
export function textOf(file: string, bytes: Buffer, named: boolean, problems: Problem[]): SourceText {
  const { text, encoding, valid } = decode(bytes);
  if (!valid) {
    const kind = encoding === 'utf8' ? 'UTF-8' : 'UTF-16';
    problems.push(at('input/not-utf8', file, `${file}: not valid ${kind}; unreadable bytes are shown as U+FFFD`, 'warning'));
  }
  return { file, path: file, archived: false, text, encoding, named };
}

/** A member's name without what would lead out of the archive. */
function insideName(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function isText(name: string): boolean {
  return isManifest(name) || isKustomization(name);
}

interface Peeked {
  readonly head: Buffer;
  readonly all: AsyncIterable<Uint8Array>;
}

/** The first bytes of a stream, and the whole stream still. */
async function peeked(stream: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const source = stream[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let failed: unknown;
  let done = false;
  while (head.length < length && !done) {
    try {
      const next = await source.next();
      if (next.done === true) done = true;
      else head = Buffer.concat([head, next.value]);
    } catch (error) {
      failed = error;
      done = true;
    }
  }
  async function* all() {
    if (head.length > 0) yield head;
    if (failed !== undefined) throw failed;
    if (!done) yield* { [Symbol.asyncIterator]: () => source };
  }
  return { head: head.subarray(0, length), all: all() };
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && typeof Reflect.get(error, 'syscall') === 'string';
}

function at(code: Problem['code'], file: string, message: string, level?: Problem['level']): Problem {
  return problem(code, message, { file, line: 1, column: 1 }, level);
}

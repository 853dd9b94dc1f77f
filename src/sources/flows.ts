// Files of flows, line by line, so that their size does not matter: plain or gzipped, `-` is standard input. A file that is one JSON document (an
// array, an export over many lines) is read whole where it is small enough. Lines longer than the limit are passed over and counted;
// a damaged archive gives what stood before the damage, and the problem.

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type Problem, problem, told } from '../lib/problem.ts';
import { flowReader, type ReadLine } from '../network/flows/read.ts';
import { gunzip } from './gunzip.ts';

/** Longest line, in bytes. */
export const maxLine = 1024 * 1024;
/** Largest document of several lines. */
const maxDocument = 64 * 1024 * 1024;

export type TakeLine = (read: ReadLine, at: { readonly file: string; readonly line: number }) => void;

/** Reads the files in order and gives what each line came to; what cannot be read at all is a problem, and the rest goes on. */
export async function readFlows(
  files: readonly string[],
  take: TakeLine,
  stdin: () => Readable = () => process.stdin,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      await readFile(file, file === '-' ? stdin() : createReadStream(file), take);
    } catch (error) {
      const why = told(error);
      problems.push(problem('input/unreadable', `${file}: ${why}`, { file, line: 1, column: 1 }));
    }
  }
  return problems;
}

async function readFile(file: string, stream: Readable, take: TakeLine): Promise<void> {
  const reader = flowReader();
  const document: string[] = [];
  let size = 0;
  let number = 0;
  let held: { readonly read: ReadLine; readonly line: number }[] = [];
  let lines = true;
  for await (const text of linesOf(await unpacked(stream))) {
    number++;
    if (text === undefined) {
      take({ format: undefined, read: { kind: 'malformed', why: `a line of more than ${maxLine} bytes` } }, { file, line: number });
      continue;
    }
    if (number === 1 || (lines && document.length === 0 && text.trim() === '')) lines = !opensDocument(text);
    if (!lines) {
      size += text.length;
      if (size > maxDocument) throw new Error(`a JSON document of more than ${maxDocument} bytes`);
      document.push(text);
      continue;
    }
    const read = reader.line(text);
    if (read !== undefined) held.push({ read, line: number });
    for (const one of held) take(one.read, { file, line: one.line });
    held = [];
  }
  if (lines) return;
  const value = parsed(document.join('\n'));
  if (value !== undefined) {
    for (const read of reader.document(value)) take(read, { file, line: 1 });
    return;
  }
  document.forEach((text, index) => {
    const read = reader.line(text);
    if (read !== undefined) take(read, { file, line: index + 1 });
  });
}

/** `[` or `{` without the end of it on the line begins a document of several lines. */
function opensDocument(line: string): boolean {
  const text = line.trim();
  return text.startsWith('[') || /^\{\s*("[^"]{0,128}"\s*:\s*[[{]?\s*)?$/.test(text);
}

/** Lines of UTF-8 text; undefined for one that is too long. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  let long = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      length += end - start;
      yield long || length > maxLine ? undefined : Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      long = false;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > maxLine) {
      long = true;
      parts = [];
    } else if (start < chunk.length) parts.push(Buffer.from(chunk.subarray(start)));
  }
  if (length > 0) yield long ? undefined : Buffer.concat(parts).toString('utf8');
}

/** The bytes of a stream, unpacked where they are gzipped. */
async function unpacked(stream: Readable): Promise<AsyncIterable<Buffer>> {
  const chunks = stream[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    first = Buffer.concat([first, Buffer.from(next.value)]);
  }
  const whole = (async function* () {
    if (first.length > 0) yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield Buffer.from(next.value);
  })();
  return first[0] === 0x1f && first[1] === 0x8b ? gunzip(Readable.from(whole)) : whole;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

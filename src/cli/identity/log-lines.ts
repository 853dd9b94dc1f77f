// The lines of a log file as people have them: gzipped whatever the name says, with a byte order mark, as a container runtime keeps them
// (`TIME stdout F TEXT`, long ones in parts), after a time as exports of CloudWatch to S3 write them, or several JSON values on one line.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The lines of a file, `-` being standard input. Throws what reading throws, after the lines before it. */
export async function* logLines(file: string): AsyncGenerator<string> {
  let begun = '';
  for await (const line of createInterface({ input: await open(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const part = /^\S+ std(?:out|err) ([FP]) /.exec(line);
    const text = part === null ? line.replace(/^\uFEFF/, '') : begun + line.slice(part[0].length);
    begun = part?.[1] === 'P' ? text : '';
    if (begun === '' && text.trim() !== '') yield text;
  }
}

async function open(file: string): Promise<Readable> {
  const source: AsyncIterator<Buffer> = (file === '-' ? process.stdin : createReadStream(file))[Symbol.asyncIterator]();
  const first = await source.next();
  const bytes = Readable.from(from(first, source), { objectMode: false });
  if (first.done === true || first.value[0] !== 0x1f || first.value[1] !== 0x8b) return bytes;
  const unpacked = createGunzip();
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

async function* from(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

/** The objects and lists that a line holds; undefined where it is no JSON. `valuesOf('{"a":1}{"b":2}')` is `[{ a: 1 }, { b: 2 }]`. */
export function valuesOf(line: string): readonly object[] | undefined {
  const text = line.replace(/^\d{4}-\d\d-\d\dT\S+\s+(?=\{)/, '');
  const whole = parsed(text);
  if (whole !== undefined) return typeof whole === 'object' && whole !== null ? [whole] : undefined;
  const each = /\}\s*\{/.test(text) ? sideBySide(text)?.map(parsed) : undefined;
  return each?.every((value) => typeof value === 'object' && value !== null) === true ? (each as object[]) : undefined;
}

/** The texts of values that follow each other; undefined where the last does not end. */
function sideBySide(text: string): readonly string[] | undefined {
  const found: string[] = [];
  let [start, depth] = [0, 0];
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (inText) {
      if (letter === '\\') at++;
      else if (letter === '"') inText = false;
    } else if (letter === '"') inText = true;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') {
      depth--;
      if (depth !== 0) continue;
      found.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  return depth === 0 && text.slice(start).trim() === '' ? found : undefined;
}

/** The JSON of a text; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

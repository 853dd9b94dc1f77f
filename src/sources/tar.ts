// Tar archives read as a stream: POSIX ustar and pax (IEEE Std 1003.1-2017, pax "ustar Interchange Format"), GNU long names and sparse
// headers, v7. Only the contents of wanted files are kept; nothing is ever written anywhere, so a name can lead nowhere.

export interface TarEntry {
  /** The name as written, with a pax or GNU long name applied. */
  readonly name: string;
  readonly kind: 'file' | 'link' | 'folder' | 'sparse' | 'other';
  /** Bytes of content that the header announces. */
  readonly size: number;
  /** The content, where it was wanted. */
  readonly bytes?: Buffer;
}

/** Why an archive could not be read further. */
export class BadTar extends Error {}

const block = 512;
/** Pax and long-name records are names and numbers; more is an attack. */
const maxExtension = 1024 * 1024;

/**
 * The entries of a tar stream, in order. `wanted` decides by name and size which contents are kept. Ends at the end mark; throws `BadTar`
 * where the stream ends early or a header is damaged, after yielding every entry before it.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Uint8Array>,
  wanted: (name: string, size: number) => boolean,
): AsyncGenerator<TarEntry> {
  const input = reader(chunks);
  let global: Record<string, string> = {};
  let own: Record<string, string> = {};
  for (;;) {
    const header = await input.take(block);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    if (header.length < block || !isTarHeader(header)) throw new BadTar('a damaged header');
    const type = String.fromCharCode(header[156] ?? 0);
    const size = sizeOf(own.size ?? global.size) ?? number(header.subarray(124, 136));
    if (size === undefined) throw new BadTar('a size that is no number');
    const padding = (block - (size % block)) % block;
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      const length = number(header.subarray(124, 136)) ?? maxExtension + 1;
      if (length > maxExtension) throw new BadTar(`a name record of ${length} bytes`);
      const content = await exactly(input, length);
      await input.skip((block - (length % block)) % block);
      if (type === 'g') global = { ...global, ...paxRecords(content) };
      else if (type === 'x') own = { ...own, ...paxRecords(content) };
      else if (type === 'L') own = { ...own, path: cut(content) };
      continue;
    }
    const name = own.path ?? global.path ?? nameOf(header);
    const kind = 'GNU.sparse.major' in own || 'GNU.sparse.map' in own ? 'sparse' : kindOf(type, name);
    own = {};
    if (type === 'S') for (let more = header[482] === 1; more; ) more = (await exactly(input, block))[504] === 1;
    const stored = kind === 'link' || kind === 'folder' ? 0 : size;
    if (kind === 'file' && wanted(name, size)) {
      const bytes = await exactly(input, size);
      await input.skip(padding);
      yield { name, kind, size, bytes };
    } else {
      if (!(await input.skip(stored === 0 ? 0 : size + padding))) throw new BadTar('the end is missing');
      yield { name, kind, size };
    }
  }
}

/** True for a block that carries its own checksum, as every tar header does. */
export function isTarHeader(header: Uint8Array): boolean {
  if (header.length < block) return false;
  let sum = 8 * 32;
  for (let index = 0; index < block; index++) if (index < 148 || index > 155) sum += header[index] ?? 0;
  return number(header.subarray(148, 156)) === sum;
}

function kindOf(type: string, name: string): TarEntry['kind'] {
  if (type === '0' || type === '\0' || type === '7') return name.endsWith('/') ? 'folder' : 'file';
  if (type === '1' || type === '2') return 'link';
  if (type === '5') return 'folder';
  return type === 'S' ? 'sparse' : 'other';
}

function nameOf(header: Buffer): string {
  const name = cut(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0 ? cut(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cut(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** An octal number, or a base-256 one where the first bit is set; undefined where it is neither or beyond 2^53. */
function number(bytes: Buffer | Uint8Array): number | undefined {
  if (((bytes[0] ?? 0) & 0x80) !== 0) {
    let value = (bytes[0] ?? 0) & 0x7f;
    for (const byte of bytes.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new BadTar('a size that is no number');
  return Number(text);
}

/** `LENGTH KEY=VALUE\n` records; what does not follow that form ends the list. */
function paxRecords(content: Buffer): Record<string, string> {
  const records: Record<string, string> = Object.create(null);
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(32, start);
    const length = space < 0 ? 0 : Number(content.toString('latin1', start, space));
    if (!Number.isInteger(length) || length <= space - start || start + length > content.length) break;
    const record = content.toString('utf8', space + 1, start + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) records[record.slice(0, equals)] = record.slice(equals + 1);
    start += length;
  }
  return records;
}

interface Reader {
  /** The next `length` bytes; fewer at the end, undefined when nothing is left. */
  take(length: number): Promise<Buffer | undefined>;
  /** Passes over bytes; false where the stream ends first. */
  skip(length: number): Promise<boolean>;
}

async function exactly(input: Reader, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const bytes = await input.take(length);
  if (bytes === undefined || bytes.length < length) throw new BadTar('the end is missing');
  return bytes;
}

function reader(chunks: AsyncIterable<Uint8Array>): Reader {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { done, value } = await source.next();
    if (done === true) return false;
    rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return true;
  };
  return {
    async take(length) {
      const parts: Buffer[] = [];
      let held = 0;
      while (held < length) {
        if (rest.length === 0 && !(await more())) break;
        const part = rest.subarray(0, length - held);
        rest = rest.subarray(part.length);
        parts.push(part);
        held += part.length;
      }
      return held === 0 && length > 0
        ? undefined
        : parts.length === 1 && parts[0] !== undefined
          ? Buffer.from(parts[0])
          : Buffer.concat(parts);
    },
    async skip(length) {
      let left = length;
      while (left > 0) {
        if (rest.length === 0 && !(await more())) return false;
        const step = Math.min(left, rest.length);
        rest = rest.subarray(step);
        left -= step;
      }
      return true;
    },
  };
}

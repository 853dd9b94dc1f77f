// Gzip (RFC 1952) as a stream that loses nothing: what was unpacked before a truncated or damaged end is handed out before the error.
// Bombs are stopped by ratio and by size while they unpack.

import type { Readable } from 'node:stream';
import { maxRatio, maxUnpacked, ratioFrom } from './limits.ts';

/** Why a gzip stream could not be read further. */
export class BadGzip extends Error {}
/** It unpacks to more than anybody meant. */
export class GzipBomb extends BadGzip {}

const heldAtMost = 8 * 1024 * 1024;

/** Unpacks a gzip stream of one or several members. */
export async function* gunzip(packed: Readable): AsyncGenerator<Buffer> {
  // Loaded when there is something to unpack.
  const unzip = process.getBuiltinModule('node:zlib').createGunzip();
  const waiting: Buffer[] = [];
  let held = 0;
  let unpacked = 0;
  let ended = false;
  let failed: Error | undefined;
  let wake = () => {};
  const settle = (error?: Error) => {
    ended = true;
    failed ??= error;
    wake();
  };
  unzip.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    held += chunk.length;
    if (held > heldAtMost) unzip.pause();
    wake();
  });
  unzip.on('end', () => settle());
  unzip.on('error', settle);
  packed.on('error', settle);
  packed.pipe(unzip);
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        held -= chunk.length;
        unpacked += chunk.length;
        if (unpacked > maxUnpacked) throw new GzipBomb(`it unpacks to more than ${maxUnpacked} bytes`);
        if (unpacked > ratioFrom && unpacked > maxRatio * unzip.bytesWritten)
          throw new GzipBomb(`it unpacks to more than ${maxRatio} times its size`);
        yield chunk;
      } else if (!ended) {
        unzip.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (failed === undefined) return;
      else throw new BadGzip(reason(failed));
    }
  } finally {
    packed.unpipe(unzip);
    packed.destroy();
    unzip.destroy();
  }
}

function reason(error: Error): string {
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'Z_BUF_ERROR') return 'the end is missing';
  if (code === 'Z_DATA_ERROR') return 'damaged data';
  return error.message;
}

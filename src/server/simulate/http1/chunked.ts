// A body in chunks (RFC 9112 §7.1) as Go's net/http reads it (1.26): strict about line ends, extensions passed over, trailers read and dropped, and
// a sender who wraps little in much refused. What is broken is told in Go's words, since the API server answers with them.

import { withoutEnd } from '../../../lib/text.ts';
import { headerLines } from './head.ts';

const longestLine = 4096;
const mostExcess = 16 * 1024;
const crlf = Buffer.from('\r\n');
const trailerEnd = Buffer.from('\r\n\r\n');

export class ChunkedBody {
  /** What was inside the chunks; emptied by who reads it. */
  pieces: Buffer[] = [];
  /** Bytes in all chunks so far. */
  length = 0;
  isOver = false;
  /** Set where nothing more can be made of it. */
  fault: string | undefined;
  #left = 0;
  #part: 'size' | 'data' | 'end' | 'trailer' = 'size';
  #excess = 0;

  /** Reads on; how many of these bytes are done with. */
  take(bytes: Buffer): number {
    let at = 0;
    while (!this.isOver && this.fault === undefined) {
      const next = this.#step(bytes.subarray(at));
      if (next === undefined) break;
      at += next;
    }
    return at;
  }

  /** One step; undefined where more bytes are needed first. */
  #step(bytes: Buffer): number | undefined {
    switch (this.#part) {
      case 'size':
        return this.#size(bytes);
      case 'data': {
        if (bytes.length === 0) return undefined;
        const piece = bytes.subarray(0, this.#left);
        this.pieces.push(piece);
        this.length += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#part = 'end';
        return piece.length;
      }
      case 'end':
        if (bytes.length < 2) return undefined;
        if (!bytes.subarray(0, 2).equals(crlf)) return this.#broken('malformed chunked encoding');
        this.#part = 'size';
        return 2;
      default:
        return this.#trailer(bytes);
    }
  }

  #size(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(0x0a);
    if (end < 0) return bytes.length < longestLine ? undefined : this.#broken('header line too long');
    const carriage = bytes.subarray(0, end).indexOf(0x0d);
    if (carriage < 0) return this.#broken('chunked line ends with bare LF');
    if (carriage !== end - 1) return this.#broken('invalid CR in chunked line');
    if (carriage >= longestLine) return this.#broken('header line too long');
    const digits = (withoutEnd(bytes.toString('latin1', 0, carriage), ' \t').split(';')[0] ?? '').slice(0, 17);
    if (digits === '') return this.#broken('empty hex number for chunk length');
    if (!/^[0-9A-Fa-f]+$/.test(digits)) return this.#broken('invalid byte in chunk length');
    if (digits.length > 16) return this.#broken('http chunk length too large');
    const size = Number.parseInt(digits, 16);
    this.#excess = Math.max(this.#excess + carriage + 2 - 16 - 2 * size, 0);
    if (this.#excess > mostExcess) return this.#broken('chunked encoding contains too much non-data');
    this.#left = size;
    this.#part = size === 0 ? 'trailer' : 'data';
    return end + 1;
  }

  #trailer(bytes: Buffer): number | undefined {
    if (bytes.length < 2) return undefined;
    if (bytes.subarray(0, 2).equals(crlf)) return this.#done(2);
    const end = bytes.subarray(0, longestLine).indexOf(trailerEnd);
    if (end < 0) return bytes.length < longestLine ? undefined : this.#broken('http: suspiciously long trailer after chunked body');
    const fields = headerLines(
      bytes
        .toString('latin1', 0, end)
        .split('\n')
        .map((line) => line.replace(/\r$/, '')),
    );
    return typeof fields === 'string' ? this.#broken(fields) : this.#done(end + trailerEnd.length);
  }

  #done(length: number): number {
    this.isOver = true;
    return length;
  }

  #broken(why: string): undefined {
    this.fault = why;
    return undefined;
  }
}

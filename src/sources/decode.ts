// Bytes to text and back. YAML 1.2.2 §5.2: UTF-8, or UTF-16 with a byte order mark or recognisable by its zero bytes; JSON (RFC 8259) is UTF-8.
// Bytes that are not valid are shown as U+FFFD and reported by the caller: what is written there is not what will be read.

import { isUtf8 } from 'node:buffer';

export type Encoding = 'utf8' | 'utf16le' | 'utf16be';

export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
  /** False where some bytes are no characters of the encoding. */
  readonly valid: boolean;
}

/** Reads bytes as text. A UTF-8 mark is kept as U+FEFF, so that the text can be written back as it was; a UTF-16 mark too. */
export function decode(bytes: Buffer): Decoded {
  const encoding = encodingOf(bytes);
  if (encoding === 'utf8') return { text: bytes.toString('utf8'), encoding, valid: isUtf8(bytes) };
  const even = bytes.length % 2 === 0 ? bytes : bytes.subarray(0, -1);
  const text = (encoding === 'utf16le' ? even : Buffer.from(even).swap16()).toString('utf16le');
  return { text: text.toWellFormed(), encoding, valid: even.length === bytes.length && text.isWellFormed() };
}

/** The bytes of a text in an encoding: the inverse of `decode` where that was valid. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf8') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf16le' ? bytes : bytes.swap16();
}

function encodingOf(bytes: Buffer): Encoding {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf16le';
  if (first === 0xfe && second === 0xff) return 'utf16be';
  if (first !== undefined && first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf16le';
  if (first === 0 && second !== undefined && second !== 0 && third === 0 && fourth !== 0) return 'utf16be';
  return 'utf8';
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from './decode.ts';

const rows: readonly (readonly [string, Buffer, string, boolean])[] = [
  ['UTF-8', Buffer.from('a: ü'), 'a: ü', true],
  ['UTF-8 with a mark', Buffer.from('\ufeffa: 1'), '\ufeffa: 1', true],
  ['UTF-16, little end first', Buffer.from('\ufeffa: ü', 'utf16le'), '\ufeffa: ü', true],
  ['UTF-16, big end first', Buffer.from('\ufeffa: ü', 'utf16le').swap16(), '\ufeffa: ü', true],
  ['UTF-16 without a mark', Buffer.from('kind: Pod', 'utf16le'), 'kind: Pod', true],
  ['UTF-16 without a mark, big end first', Buffer.from('kind: Pod', 'utf16le').swap16(), 'kind: Pod', true],
  ['Latin-1', Buffer.from('a: ü', 'latin1'), 'a: \ufffd', false],
  ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62]), '\ufeffa', false],
  ['a lone surrogate', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), '\ufeff\ufffd', false],
  ['nothing', Buffer.alloc(0), '', true],
];

for (const [name, bytes, text, valid] of rows)
  test(`${name} is read as text`, () => {
    const read = decode(bytes);
    assert.deepEqual([read.text, read.valid], [text, valid]);
    if (valid) assert.deepEqual(encode(read.text, read.encoding), bytes);
  });

test('what is decoded and valid is encoded to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
      const bytes = Buffer.from(array);
      const { text, encoding, valid } = decode(bytes);
      if (valid) assert.deepEqual(encode(text, encoding), bytes);
    }),
  );
});

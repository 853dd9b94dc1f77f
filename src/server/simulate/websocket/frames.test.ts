// Frames that a client may send, whole and byte by byte: what is answered, and whether it goes on. The real server's answers are held against ours in
// test/cluster/websocket.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closing, FrameReader, frame } from './frames.ts';
import { shakeHands } from './handshake.ts';

const mask = [7, 0, 255, 1];

function masked(first: number, payload: Buffer, length?: readonly number[]): Buffer {
  const size = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 0xff];
  return Buffer.from([first, ...(length ?? size), ...mask, ...payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

const rows: readonly (readonly [what: string, sent: Buffer, answers: Buffer, isOver: boolean])[] = [
  ['nothing', Buffer.alloc(0), Buffer.alloc(0), false],
  ['a ping', masked(0x89, Buffer.from('abc')), frame(10, Buffer.from('abc')), false],
  ['an empty ping', masked(0x89, Buffer.alloc(0)), frame(10, Buffer.alloc(0)), false],
  ['a ping that is too long', masked(0x89, Buffer.alloc(300, 120)), frame(10, Buffer.alloc(125, 120)), false],
  [
    'data of every kind',
    Buffer.concat([0x01, 0x82, 0x00, 0x8f].map((first) => masked(first, Buffer.alloc(70_000 % 60_000)))),
    Buffer.alloc(0),
    false,
  ],
  ['a close', masked(0x88, Buffer.from([3, 232])), Buffer.alloc(0), true],
  ['what comes after a close', Buffer.concat([masked(0x88, Buffer.alloc(0)), masked(0x89, Buffer.from('a'))]), Buffer.alloc(0), true],
  ['a frame without a mask', Buffer.from([0x81, 0]), closing(1002), true],
  ['a message without end', masked(0x81, Buffer.alloc(0), [0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), Buffer.alloc(0), true],
  ['half a head', Buffer.from([0x89]), Buffer.alloc(0), false],
];
for (const [what, sent, answers, isOver] of rows)
  for (const step of [1, 3, 1_000_000])
    test(`a client sends ${what}, ${step} bytes at a time`, () => {
      const reader = new FrameReader();
      const found: Buffer[] = [];
      for (let at = 0; at < sent.length; at += step) found.push(...reader.take(sent.subarray(at, at + step)));
      assert.deepEqual(Buffer.concat(found), answers);
      assert.equal(reader.isOver, isOver);
    });

test('lengths are written as short as they can be', () => {
  assert.deepEqual(
    [0, 125, 126, 65_535, 65_536].map((length) => frame(2, Buffer.alloc(length)).length - length),
    [2, 2, 4, 4, 10],
  );
});

test('a handshake is answered with the key of RFC 6455 §1.3', () => {
  const headers = { origin: 'https://a', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  assert.match(shakeHands(headers).text, /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
  assert.equal(shakeHands({ ...headers, 'sec-websocket-version': '8' }).isAccepted, false);
});

// A watch over WebSocket whose client behaves badly.

import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { webSocketOutlet } from './outlet.ts';

/** A connection whose client sends `given` again and again, and reads nothing. */
function unread(given: Buffer): Duplex {
  return new Duplex({
    read() {
      this.push(given);
    },
    write() {},
  });
}

test('a client that pings and does not read is not read any more', { timeout: 60_000 }, async () => {
  // A ping without content.
  const pings = Buffer.alloc(6 * 1024, Buffer.from([0x89, 0x80, 1, 2, 3, 4]));
  const socket = unread(pings);
  const outlet = webSocketOutlet({ socket, received: Buffer.alloc(0) }, true);
  // Enough turns of the event loop for many megabytes of pongs.
  for (let turn = 0; turn < 2_000; turn++) await new Promise(setImmediate);
  assert.ok(socket.writableLength < 2 * socket.writableHighWaterMark, `${socket.writableLength} bytes wait`);
  outlet.destroy();
});

test('a client that reads its pongs again is read again', { timeout: 60_000 }, async () => {
  let sent = 0;
  let pongs = 0;
  const waiting: (() => void)[] = [];
  let isRead = false;
  const all = 5_000;
  const socket = new Duplex({
    highWaterMark: 64,
    read() {
      if (sent++ < all) this.push(Buffer.from([0x89, 0x80, 1, 2, 3, 4]));
    },
    write(bytes: Buffer, _encoding, done) {
      pongs += bytes.length / 2;
      if (isRead) done();
      else waiting.push(done);
    },
  });
  const outlet = webSocketOutlet({ socket, received: Buffer.alloc(0) }, true);
  while (!socket.isPaused()) await new Promise(setImmediate);
  assert.ok(sent < all);
  isRead = true;
  for (const done of waiting.splice(0)) done();
  while (pongs < all) await new Promise(setImmediate);
  outlet.destroy();
});

// The port: what it keeps of a connection, and for how long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { makeAuthority } from './certificates.ts';
import { openPort } from './connections.ts';

test('who waits for the end of a connection hears of it though its request took it over', { timeout: 60_000 }, async () => {
  const authority = makeAuthority(Date.now());
  const options = { host: '127.0.0.1', port: 0, serving: authority.server(['127.0.0.1']), clientAuthority: authority.certificate };
  let told: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => {
    told = resolve;
  });
  const { port, close } = await openPort(options, (exchange) => {
    exchange.socket.once('close', () => told?.());
    const upgraded = exchange.upgrade();
    assert.equal(exchange.socket.listenerCount('drain'), 0, 'the connection still listens');
    upgraded?.socket.destroy();
  });
  const client = connect({ host: '127.0.0.1', port, ca: authority.certificate }, () => client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  client.on('error', () => {});
  await closed;
  client.destroy();
  await close();
});

test('a client that says no more after its request gets the whole answer', { timeout: 60_000 }, async () => {
  const authority = makeAuthority(Date.now());
  const options = { host: '127.0.0.1', port: 0, serving: authority.server(['127.0.0.1']), clientAuthority: authority.certificate };
  const answer = Buffer.alloc(16 * 1024 * 1024, 'a');
  const { port, close } = await openPort(options, (exchange) => exchange.answer(200, { 'content-length': answer.length }, answer));
  const halfOpen = { host: '127.0.0.1', port, ca: authority.certificate, allowHalfOpen: true };
  const client = connect(halfOpen);
  client.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  let length = 0;
  for await (const chunk of client) {
    const bytes = chunk as Buffer;
    length += bytes.length;
  }
  assert.ok(length > answer.length, `${length} bytes came`);
  await close();
});

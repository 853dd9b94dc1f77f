// What is a request and what is none, as Go's server reads it; the real server's answers to such texts are held against ours in
// test/cluster/odd-requests.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkedBody } from './chunked.ts';
import { readHead } from './head.ts';
import { requestTarget } from './target.ts';

const targets: readonly (readonly [what: string, target: string, path: string | undefined])[] = [
  ['a path', '/healthz', '/healthz'],
  ['a path with a query', '/a?b=%zz', '/a?b=%zz'],
  ['an escape that is none', '/a%zz', undefined],
  ['an escape that ends early', '/a%4', undefined],
  ['an absolute URL', 'https://example.com/a?b', '/a?b'],
  ['an absolute URL without a path', 'https://example.com', ''],
  ['an address with a port that is none', 'https://example.com:x/a', undefined],
  ['an address of six', 'https://[::1]:6443/a', '/a'],
  ['an address that never ends', 'https://[::1/a', undefined],
  ['credentials before the host', 'https://u:p@example.com/a', '/a'],
  ['no slash', 'healthz', undefined],
  ['a scheme and no slash', 'mailto:me?q', '?q'],
  ['no scheme before the colon', '://x', undefined],
  ['a control character', '/a\u0001', undefined],
  ['all of the server', '*', '*'],
  ['what is not ASCII', '/ä', '/ä'],
];
for (const [what, target, path] of targets)
  test(`a target that is ${what}`, () => {
    assert.equal(requestTarget('GET', target), path);
  });

const host = 'Host: a\r\n';
const refusals: readonly (readonly [what: string, head: string, refused: string])[] = [
  ['one word', 'GARBAGE', '400 Bad Request'],
  ['no version', 'GET /a', '400 Bad Request'],
  ['two blanks', 'GET  /a HTTP/1.1', '400 Bad Request'],
  ['a version of the future', `GET /a HTTP/2.0\r\n${host}`, '505 HTTP Version Not Supported: unsupported protocol version'],
  ['a version that is none', `GET /a HTTP/1.10\r\n${host}`, '400 Bad Request'],
  ['a method that is no token', `G(T /a HTTP/1.1\r\n${host}`, '400 Bad Request'],
  ['no host', 'GET /a HTTP/1.1', '400 Bad Request: missing required Host header'],
  ['two hosts', `GET /a HTTP/1.1\r\n${host}${host}`, '400 Bad Request'],
  ['a host that is none', 'GET /a HTTP/1.1\r\nHost: a/b', '400 Bad Request: malformed Host header'],
  ['a name with a blank', `GET /a HTTP/1.1\r\n${host}X : a`, '400 Bad Request: invalid header name'],
  ['a name that is none', `GET /a HTTP/1.1\r\n${host}X(: a`, '400 Bad Request'],
  ['a line that goes on from nothing', 'GET /a HTTP/1.1\r\n X: a', '400 Bad Request'],
  ['a carriage return in a value', `GET /a HTTP/1.1\r\n${host}X: a\rb`, '400 Bad Request'],
  ['two lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2`, '400 Bad Request'],
  ['a length that is none', `POST /a HTTP/1.1\r\n${host}Content-Length: +1`, '400 Bad Request'],
  ['a length beyond all bounds', `POST /a HTTP/1.1\r\n${host}Content-Length: 9223372036854775808`, '400 Bad Request'],
  ['another coding', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked`, '501 Not Implemented'],
  ['chunks named twice', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked`, '501 Not Implemented'],
];
for (const [what, head, refused] of refusals)
  test(`a head with ${what} is refused`, () => {
    assert.deepEqual(readHead(head), { refused });
  });

test('a head is read: lines that go on, names in any case, the first of several values', () => {
  const head = readHead('get /a HTTP/1.1\nHOST: a\nX: 1\n\t2 \nx: 3\nConnection: Keep-Alive, CLOSE\nContent-Length: 5\nContent-Length: 5');
  assert.ok(!('refused' in head));
  assert.equal(head.method, 'get');
  assert.equal(head.headers.x, '1 2');
  assert.deepEqual(head.rawHeaders.slice(2, 6), ['X', '1 2', 'x', '3']);
  assert.deepEqual([head.length, head.isLast, head.isOld], [5, true, false]);
});

test('chunks win over a length, an old client knows none', () => {
  const text = (version: string) => `POST /a HTTP/${version}\r\n${host}Content-Length: 5\r\nTransfer-Encoding: Chunked`;
  const [now, old] = [readHead(text('1.1')), readHead(text('1.0'))];
  assert.equal('refused' in now ? '' : now.length, 'chunked');
  assert.equal('refused' in old ? '' : old.length, 5);
});

const bodies: readonly (readonly [what: string, body: string, outcome: string])[] = [
  ['chunks', '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nrest', 'abcde, 4 left'],
  ['trailers', '1\r\na\r\n0\r\nX: y\r\n\r\nrest', 'a, 4 left'],
  ['a trailer without a colon', '0\r\nbad trailer\r\n\r\n', 'malformed MIME header: missing colon: "bad trailer"'],
  ['a size that is none', 'zz\r\n', 'invalid byte in chunk length'],
  ['no size', '\r\n', 'empty hex number for chunk length'],
  ['a size beyond all bounds', 'fffffffffffffffff\r\n', 'http chunk length too large'],
  ['more than it says', '3\r\nabcd\r\n', 'malformed chunked encoding'],
  ['a bare line feed', '3\nabc', 'chunked line ends with bare LF'],
  ['a carriage return in a size', '3\r \r\nabc', 'invalid CR in chunked line'],
  ['a size that never ends', '0'.repeat(5000), 'header line too long'],
  ['a trailer that never ends', `0\r\nX: ${'y'.repeat(5000)}`, 'http: suspiciously long trailer after chunked body'],
  ['little in much', `1;${'x'.repeat(2000)}\r\na\r\n`.repeat(10), 'chunked encoding contains too much non-data'],
];
for (const [what, text, outcome] of bodies)
  for (const step of [1, 7, 100_000])
    test(`a body of ${what}, ${step} bytes at a time`, () => {
      const body = new ChunkedBody();
      let waiting: Buffer = Buffer.alloc(0);
      for (let at = 0; at < text.length; at += step) {
        waiting = Buffer.concat([waiting, Buffer.from(text.slice(at, at + step))]);
        waiting = waiting.subarray(body.take(waiting));
      }
      const whole = body.isOver ? `${Buffer.concat(body.pieces)}, ${waiting.length} left` : 'not over';
      assert.equal(body.fault ?? whole, outcome);
    });

// Heads of requests that nobody is authenticated for yet: one character again and again, as long as a head may be. Quadratic time would be hours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestInfo } from '../../identity/request-info.ts';
import { largestHead, readHead } from './http1/head.ts';

const length = largestHead - 1_000;
for (const character of [' ', '\t', '/', '%', ',', ';', ':', '=', '"', 'a'])
  test(`a head of ${JSON.stringify(character)} is read in linear time`, { timeout: 60_000 }, () => {
    const many = character.repeat(length);
    readHead(`GET / HTTP/1.1\r\nHost: a\r\nX: a${many}b`);
    readHead(`GET / HTTP/1.1\r\nHost: a\r\nConnection: a${many}b`);
    readHead(`GET /${many}b HTTP/1.1\r\nHost: a`);
    assert.equal(requestInfo('GET', `/api/v1/${many}x`).isResourceRequest, true);
  });

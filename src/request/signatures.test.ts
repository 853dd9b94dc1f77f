// Keys in PKIX form: their kind, and the points that lie on no curve.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { readPublicKey, readSignedRequest } from './signatures.ts';

for (const [curve, name] of [
  ['secp224r1', 'P224'],
  ['P-256', 'P256'],
  ['P-384', 'P384'],
  ['P-521', 'P521'],
] as const)
  test(`a key of ${curve} is read; with another point it is none`, () => {
    const bytes = generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'der', type: 'spki' });
    const key = readPublicKey(bytes);
    assert.deepEqual([key?.kind, key?.problem], ['ECDSA', undefined]);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    assert.equal(readPublicKey(bytes)?.problem, `${name} point not on curve`);
  });

test('the length of an RSA key is that of its modulus', () => {
  const bytes = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' });
  assert.deepEqual([readPublicKey(bytes)?.kind, readPublicKey(bytes)?.bits], ['RSA', 2048]);
});

test('bytes that are nothing are no key and no request', () => {
  for (const bytes of [[], [0x30], [0x30, 0x80], [0x30, 3, 1, 2], Array.from({ length: 200 }, () => 0xff)]) {
    assert.equal(readPublicKey(Uint8Array.from(bytes)), undefined);
    assert.equal(readSignedRequest(Uint8Array.from(bytes)), undefined);
  }
});

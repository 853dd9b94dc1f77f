import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeAuthority, makeCertificate } from '../../../test/cluster/certificates.ts';
import { folder } from '../../../test/folder.ts';
import { clientAuth, readCertificate, readPem } from './certificate.ts';

test('a certificate that openssl made is read', (t) => {
  const place = folder(t, {});
  makeAuthority(place, 'the authority');
  const made = makeCertificate(place, { file: 'jane', subject: '/O=dev/O=system:masters/CN=first/CN=jane', days: 2 });
  const [read] = readPem(`${made.key}\n${made.certificate}`);
  assert.ok(read !== undefined);
  assert.deepEqual(
    [read.commonName, read.organizations, read.usages, read.issuer, read.uids],
    ['jane', ['dev', 'system:masters'], [clientAuth], 'the authority', []],
  );
  const days = ((read.notAfter ?? 0) - (read.notBefore ?? 0)) / 86_400_000;
  assert.equal(Math.round(days), 2);
});

test('what is no certificate is none', () => {
  assert.deepEqual(readPem('-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----'), [undefined]);
  assert.deepEqual(readPem('-----BEGIN CERTIFICATE-----\nAAAA'), []);
});

test('bytes of any kind are read or refused, never a crash', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readCertificate(bytes)));
});

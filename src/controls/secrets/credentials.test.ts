import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { looksLike, parameters, settingsOf } from './credentials.ts';

const settings = settingsOf(parameters);
const slack = `xoxb-${'0123456789'}`;

const rows: readonly [name: string, value: string, found: boolean][] = [
  ['DB_PASSWORD', 'hunter2', true],
  ['dbPassword', 'hunter2', true],
  ['MYSQL_ROOT_PASSWORD', '123456', true],
  ['apiKey', 'b7f3', true],
  ['APIKEY', 'b7f3', true],
  ['credentials', 'user:pass', true],
  ['azure_batch_key', 'Hello from the environment', true],
  ['DB_URL', 'AKIAIOSFODNN7EXAMPLE', true],
  ['DB_URL', 'postgres://app:s3cret@db/app', true],
  ['NOTE', slack, true],
  ['CONFIG', btoa(`token = ${slack}`.padEnd(24)), true],
  ['DB_PASSWORD', '', false],
  ['DB_PASSWORD', '$(FROM_ELSEWHERE)', false],
  ['DB_PASSWORD', `\${PASSWORD}`, false],
  ['DB_PASSWORD', '<your password>', false],
  ['DB_PASSWORD_FILE', 'password.txt', false],
  ['ML_SECRET_KEY_PATH', '/etc/key', false],
  ['TOKEN', '/var/run/secrets/token', false],
  ['TOKEN_TTL', '3600', false],
  ['TOKEN', '30s', false],
  ['SECRET_NAME', 'db', false],
  ['KEYCLOAK_URL', 'https://sso.example.com', false],
  ['KEYSPACE', 'shop', false],
  ['MONKEY', 'george', false],
  ['DB_URL', 'postgres://db.example.com/app', false],
  ['AUTH_TOKEN_URL', 'https://sso.example.com/token', false],
  ['USE_TOKEN', 'true', false],
];

for (const [name, value, found] of rows)
  test(`${name}=${value === '' ? '(empty)' : value.slice(0, 30)} ${found ? 'looks like a credential' : 'does not'}`, () =>
    assert.equal(looksLike(name, value, settings) !== undefined, found));

test('names and values that the user allows are let be', () => {
  const own = settingsOf({ ...parameters, allowedNames: ['PUBLIC_'], allowedValues: ['^demo-'] });
  assert.equal(looksLike('PUBLIC_KEY', 'b7f3', own), undefined);
  assert.equal(looksLike('PASSWORD', 'demo-1', own), undefined);
});

test('an expression of the user that is none is left out', () => {
  assert.equal(looksLike('NOTE', 'x', settingsOf({ ...parameters, values: ['('] })), undefined);
});

test('what is said never holds the value', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), (value) => {
      assert.ok(looksLike('password', value, settings)?.includes(value) !== true);
    }),
  );
});

test('hostile texts take no time', () => {
  const start = performance.now();
  for (const text of ['a'.repeat(1e6), `https://${':a'.repeat(5e5)}`, 'eyJ'.repeat(3e5), '-----BEGIN '.repeat(1e5)])
    looksLike('note', text, settings);
  assert.ok(performance.now() - start < 2000);
});

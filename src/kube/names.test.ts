import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  annotationsSize,
  isAnnotationKey,
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isEnvironmentVariableName,
  isLabelValue,
  isPathSegmentName,
  isPortName,
  isQualifiedName,
  isWildcardDns1123Subdomain,
} from './names.ts';
import { portReference, scaledValue } from './port.ts';

const cases: readonly (readonly [(text: string) => boolean, readonly string[], readonly string[]])[] = [
  [isDns1123Label, ['a', '1', 'web-1', 'a'.repeat(63)], ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a'.repeat(64), 'é', 'a\n']],
  [isDns1123Subdomain, ['a', 'web.example.com', '1.2', 'a'.repeat(253)], ['', 'a..b', '.a', 'a.', 'A.b', 'a.-b', 'a'.repeat(254), 'a\n']],
  [isDns1035Label, ['a', 'web-1'], ['', '1a', 'a-', 'A']],
  [isWildcardDns1123Subdomain, ['*.example.com'], ['*', '*.', 'a.example.com', '**.a', '*.*.a']],
  [isQualifiedName, ['app', 'A_b.c-d', 'example.com/App'], ['', '/a', 'a/', 'a/b/c', 'A.com/x', '-a', 'a'.repeat(64)]],
  [isLabelValue, ['', 'a', 'A_b.c-1'], ['-a', 'a-', 'a b', 'a/b', 'a'.repeat(64)]],
  [isAnnotationKey, ['Example.COM/App'], ['a/b/c', '']],
  [isPortName, ['http', 'a', '1a', 'a-1'], ['', '80', 'a--b', '-a', 'a-', 'HTTP', 'a'.repeat(16)]],
  [isConfigMapKey, ['a', '.a', 'A_b-c.d', 'a..b'], ['', '.', '..', '..a', 'a/b', 'a b']],
  [isEnvironmentVariableName, ['A', '1A', 'a b', '...'], ['', 'a=b', 'é', 'a\n']],
  [(text) => isEnvironmentVariableName(text, false), ['A', '_a', '.a'], ['1A', '.', '..', '..a', 'a b']],
  [isPathSegmentName, ['a', 'system:x', 'A b'], ['.', '..', 'a/b', 'a%b']],
];
for (const [check, good, bad] of cases) {
  for (const text of good) test(`${check.name}: "${text.slice(0, 20)}" is good`, () => assert.equal(check(text), true));
  for (const text of bad) test(`${check.name}: "${text.slice(0, 20)}" is not`, () => assert.equal(check(text), false));
}

test('annotations are measured in bytes', () => assert.equal(annotationsSize({ a: 'é', b: '' }), 4));

test('ports and scaled values', () => {
  assert.deepEqual(portReference(80), { kind: 'number', number: 80 });
  assert.deepEqual(portReference('http'), { kind: 'name', name: 'http' });
  for (const bad of [0, 65536, 1.5, '80', '', null, true]) assert.equal(portReference(bad), undefined);
  assert.equal(scaledValue('25%', 10, 'up'), 3);
  assert.equal(scaledValue('25%', 10, 'down'), 2);
  assert.equal(scaledValue(4, 10, 'up'), 4);
  for (const bad of ['25', '-1%', 'x%', 1.5]) assert.equal(scaledValue(bad, 10, 'up'), undefined);
});

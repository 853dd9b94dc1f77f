import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFormat, isKnownFormat } from './formats.ts';

const formats: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  bsonobjectid: [['507f1f77bcf86cd799439011'], ['507f1f77bcf86cd79943901', 'x']],
  uri: [
    ['https://example.com/a?b', '/path', 'mailto:a@b', '*', 'http://[::1]:80/', '/a b'],
    ['', 'path', 'http://a b/', 'a:b:c d\n', '/%zz', '://x'],
  ],
  email: [
    ['a@b', 'Anna <anna@example.com>', '"a b"@c'],
    ['', 'a', '@b', 'a@', 'a b@c', 'a@b@c'],
  ],
  hostname: [
    ['example.com', 'a', 'a-b', '1.example.com'],
    ['', '-a', 'a.b', 'a..com', 'a.1', `${'a'.repeat(64)}.com`],
  ],
  ipv4: [
    ['10.0.0.1', '010.0.0.1', '::ffff:10.0.0.1'],
    ['10.0.0', '10.0.0.256', '::1', ''],
  ],
  ipv6: [
    ['::1', '2001:db8::', '::ffff:10.0.0.1'],
    ['10.0.0.1', ':::', '1::2::3', ''],
  ],
  cidr: [
    ['10.0.0.0/8', '2001:db8::/32'],
    ['10.0.0.0', '10.0.0.0/33', ''],
  ],
  mac: [
    ['00:00:5e:00:53:01', '00-00-5e-00-53-01', '0000.5e00.5301'],
    ['00:00:5e:00:53', '00:00-5e:00:53:01', ''],
  ],
  uuid: [
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'],
    ['123e4567', ''],
  ],
  uuid4: [['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
  isbn: [
    ['3836221195', '978-3-8362-2119-1'],
    ['3836221196', ''],
  ],
  creditcard: [['4220 8554 2622 2389'], ['4220855426213389', '']],
  ssn: [['123-45-6789'], ['123456789', '']],
  hexcolor: [
    ['#fff', '00FF00'],
    ['#ffff', ''],
  ],
  rgbcolor: [['rgb(0, 31,255)'], ['rgb(256,0,0)', 'rgb(01,0,0)', '']],
  byte: [['YWJj'], ['', 'YWJ', 'a b=']],
  password: [['', 'anything'], []],
  date: [['2024-02-29'], ['2023-02-29', '2024-2-9', '']],
  duration: [
    ['1h30m', '2 days', '3 wk', '-5s'],
    ['', '5', '3 apples'],
  ],
  'date-time': [
    ['2024-01-01T10:00:00Z', '2024-01-01t10:00:00.5+02:00'],
    ['2024-01-01', '2024-01-01T25:00:00Z', ''],
  ],
  'k8s-short-name': [['a-1'], ['a.b', 'A', '']],
  'k8s-long-name': [['a.b-1'], ['a..b', 'A', '']],
};
for (const [format, [good, bad]] of Object.entries(formats)) {
  for (const text of good) test(`"${text}" is a ${format}`, () => assert.equal(hasFormat(text, format), true));
  for (const text of bad) test(`"${text.slice(0, 40)}" is no ${format}`, () => assert.equal(hasFormat(text, format), false));
}

test('formats nobody knows are not checked', () => {
  assert.equal(isKnownFormat('shoe-size'), false);
  assert.equal(hasFormat('x', 'shoe-size'), true);
  assert.equal(isKnownFormat('date-time'), true);
});

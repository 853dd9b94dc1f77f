import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contains, parseAddress, parseCidr } from './cidr.ts';

const rows: readonly [string, string, string, boolean][] = [
  ['everything holds the metadata address', '0.0.0.0/0', '169.254.169.254/32', true],
  ['a block holds itself', '10.0.0.0/8', '10.0.0.0/8', true],
  ['host bits are cleared', '10.1.2.3/8', '10.200.0.0/16', true],
  ['a smaller block holds no larger one', '10.0.0.0/16', '10.0.0.0/8', false],
  ['families are apart', '::/0', '10.0.0.0/8', false],
  ['IPv6 blocks hold IPv6 blocks', 'fd00::/8', 'fd00:ec2::254/128', true],
  ['mapped addresses are IPv4', '::ffff:10.0.0.0/104', '10.2.0.0/16', true],
];

for (const [name, outer, inner, expected] of rows)
  test(name, () => {
    const [a, b] = [parseCidr(outer), parseCidr(inner)];
    assert.ok(a !== undefined && b !== undefined);
    assert.equal(contains(a, b), expected);
  });

for (const text of [
  '',
  '10.0.0.0',
  '10.0.0/8',
  '10.0.0.0/33',
  '10.0.0.256/8',
  '::/129',
  ':::/0',
  '1:2:3/16',
  'fe80::1%eth0/64',
  '10.0.0.0/-1',
  'a::b::c/8',
])
  test(`"${text}" is no block`, () => assert.equal(parseCidr(text), undefined));

test('an address lies in each of its own prefixes and in no other block of that size', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (own, other, bits) => {
      const [address, stranger, block] = [parseAddress(own), parseAddress(other), parseCidr(`${own}/${bits}`)];
      assert.ok(address !== undefined && stranger !== undefined && block !== undefined);
      assert.ok(contains(block, address));
      const rest = BigInt(32 - bits);
      assert.equal(contains(block, stranger), address.first >> rest === stranger.first >> rest);
    }),
  );
});

test('generated IPv6 addresses are read', () => {
  fc.assert(fc.property(fc.ipV6(), (text) => assert.ok(parseAddress(text) !== undefined, text)));
});

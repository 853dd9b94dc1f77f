import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityIn,
  roundedToMilli,
  subtractQuantities,
} from './quantity.ts';

function quantity(text: string | number): Quantity {
  const read = parseQuantity(text);
  assert.ok(read.ok, `${text} is a quantity`);
  return read.value;
}

/** What kube-apiserver 1.36.3 gave back for the texts of the first column. */
const written: readonly (readonly [string, string])[] = [
  ['0', '0'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['1023Mi', '1023Mi'],
  ['+1', '+1'],
  ['5.', '5.'],
  ['1E3', '1E3'],
  ['1e3', '1e3'],
  ['1e30', '1e30'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['100m', '100m'],
  ['1000m', '1'],
  ['0.1Gi', '107374182400m'],
  ['1Ki', '1Ki'],
  ['2000', '2k'],
  ['1500000', '1500k'],
  ['-1', '-1'],
  ['0.0000000001', '1n'],
  ['0.5Ki', '512'],
  ['1000Ei', '9223372036854775807'],
  ['00', '0'],
  ['Gi', '0'],
  ['-', '0'],
  ['007', '007'],
];
for (const [text, canonical] of written)
  test(`${text} is written ${canonical}`, () => assert.equal(formatQuantity(quantity(text)), canonical));

const refused: readonly (readonly [string, string])[] = [
  ['', 'form'],
  ['1kb', 'form'],
  ['1,5', 'form'],
  ['1 Gi', 'form'],
  ['1gi', 'form'],
  ['1GiB', 'form'],
  ['1.2.3', 'form'],
  ['1K', 'suffix'],
  ['1mi', 'suffix'],
  ['1e', 'suffix'],
  ['0x10', 'form'],
  ['true', 'form'],
  ['Ei', 'number'],
  ['9'.repeat(2000), 'length'],
];
for (const [text, why] of refused)
  test(`"${text.slice(0, 12)}" is no quantity: ${why}`, () => {
    const read = parseQuantity(text);
    assert.equal(read.ok ? 'accepted' : read.problem, why);
  });

const compared: readonly (readonly [string, '<' | '=', string])[] = [
  ['1', '=', '1000m'],
  ['1Gi', '=', '1024Mi'],
  ['1G', '<', '1Gi'],
  ['999m', '<', '1'],
  ['1e3', '=', '1k'],
  ['-1', '<', '0'],
  ['9007199254740993', '<', '9007199254740994'],
  ['1e400', '<', '1e401'],
  ['0', '=', '0Gi'],
];
for (const [a, order, b] of compared)
  test(`${a} ${order} ${b}`, () => {
    assert.equal(Math.sign(compareQuantities(quantity(a), quantity(b))), order === '<' ? -1 : 0);
    assert.equal(Math.sign(compareQuantities(quantity(b), quantity(a))), order === '<' ? 1 : 0);
  });

test('whole units and thousandths are rounded away from zero', () => {
  assert.equal(quantityIn(quantity('1500m')), 2n);
  assert.equal(quantityIn(quantity('-1500m')), -2n);
  assert.equal(quantityIn(quantity('0.1'), -3), 100n);
  assert.equal(quantityIn(quantity('1Gi')), 1073741824n);
  assert.equal(formatQuantity(roundedToMilli(quantity('0.0001'))), '1m');
});

test('numbers of manifests are quantities too', () => {
  assert.equal(formatQuantity(quantity(2)), '2');
  assert.equal(formatQuantity(quantity(0.5)), '500m');
});

test('enormous exponents cost nothing', () => {
  assert.equal(compareQuantities(quantity('1e2000000000'), quantity('1e1999999999')), 1);
  assert.equal(formatQuantity(quantity('1e-2000000000')), '1e-9');
  assert.equal(quantityIn(addQuantities(quantity('1e2000000000'), quantity('1'))) > 0n, true);
});

const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-2', 'E2');
const text = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.constantFrom('', '.5', '.25', '.'), suffix)
  .map((parts) => parts.join(''));

test('what is written reads back as the same amount, and is then written alike', () => {
  fc.assert(
    fc.property(text, (source) => {
      const first = quantity(source);
      const again = quantity(formatQuantity(first));
      assert.equal(compareQuantities(first, again), 0);
      assert.equal(formatQuantity(again), formatQuantity(quantity(formatQuantity(again))));
    }),
  );
});

test('adding is commutative in amount, and subtracting undoes it', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [left, right] = [quantity(a), quantity(b)];
      assert.equal(compareQuantities(addQuantities(left, right), addQuantities(right, left)), 0);
      assert.equal(compareQuantities(subtractQuantities(addQuantities(left, right), right), left), 0);
    }),
  );
});

test('the order is that of the exact amounts', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [left, right] = [quantity(a), quantity(b)];
      const exact = quantityIn(left, -9) - quantityIn(right, -9);
      assert.equal(Math.sign(compareQuantities(left, right)), exact > 0n ? 1 : exact < 0n ? -1 : 0);
    }),
  );
});

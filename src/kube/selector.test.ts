import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesFields, parseFieldSelector } from './field-selector.ts';
import { formatSelector, type Labels, labelSelector, matches, parseSelector } from './selector.ts';

const web: Labels = { app: 'web', tier: 'front', weight: '10', empty: '' };

const texts: readonly (readonly [string, boolean | 'refused'])[] = [
  ['', true],
  ['app', true],
  ['!app', false],
  ['missing', false],
  ['!missing', true],
  ['app=web', true],
  ['app==web', true],
  ['app = web , tier = front', true],
  ['app!=web', false],
  ['missing!=web', true],
  ['app in (web, api)', true],
  ['app notin (web)', false],
  ['missing notin (web)', true],
  ['empty=', true],
  ['empty in ()', true],
  ['empty in (,a)', true],
  ['app in (a,,b)', false],
  ['weight>9', true],
  ['weight<10', false],
  ['app>1', false],
  ['in in (in)', false],
  ['app in web', 'refused'],
  ['app in (web', 'refused'],
  ['app,', 'refused'],
  [',app', 'refused'],
  ['app web', 'refused'],
  ['=web', 'refused'],
  ['app=web=x', 'refused'],
  ['!app=web', 'refused'],
  ['a/b/c', 'refused'],
  ['app=-x', 'refused'],
  ['weight>x', 'refused'],
  ['app in (a b)', 'refused'],
  ['app=\u0000', 'refused'],
];
for (const [text, expected] of texts)
  test(`"${text}" ${expected === 'refused' ? 'is refused' : expected ? 'matches' : 'does not match'}`, () => {
    const selector = parseSelector(text);
    assert.equal(selector.ok ? matches(selector.value, web) : 'refused', expected);
  });

const objects: readonly (readonly [string, Parameters<typeof labelSelector>[0], boolean | 'nothing' | 'refused'])[] = [
  ['an absent selector', undefined, 'nothing'],
  ['null', null, 'nothing'],
  ['an empty selector', {}, true],
  ['matchLabels that agree', { matchLabels: { app: 'web' } }, true],
  ['matchLabels that do not', { matchLabels: { app: 'api' } }, false],
  ['a null label value, which decodes to the empty text', { matchLabels: { empty: null } }, true],
  ['NotIn on a key that is absent', { matchExpressions: [{ key: 'missing', operator: 'NotIn', values: ['x'] }] }, true],
  ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  ['both, one failing', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  ['In without values', { matchExpressions: [{ key: 'app', operator: 'In' }] }, 'refused'],
  ['Exists with values', { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['x'] }] }, 'refused'],
  ['an operator in lower case', { matchExpressions: [{ key: 'app', operator: 'in', values: ['web'] }] }, 'refused'],
  ['a number as label value', { matchLabels: { weight: 10 } }, 'refused'],
  ['a list', ['app'], 'refused'],
];
for (const [name, value, expected] of objects)
  test(`${name}: ${expected}`, () => {
    const selector = labelSelector(value);
    const answer = !selector.ok ? 'refused' : selector.value === undefined ? 'nothing' : matches(selector.value, web);
    assert.equal(answer, expected);
  });

test('a label named like a method of objects is an ordinary label', () => {
  const selector = parseSelector('constructor,!toString');
  assert.ok(selector.ok);
  assert.equal(matches(selector.value, { constructor: 'x' }), true);
  assert.equal(matches(selector.value, {}), false);
});

const word = fc.constantFrom('a', 'b', 'c', 'example.com/d');
const requirement = fc.oneof(
  fc.record({
    key: word,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom('x', 'y', ''), { minLength: 1 }),
  }),
  fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
);
const labels = fc.dictionary(word, fc.constantFrom('x', 'y', ''));

test('the text of a selector selects what the selector selects', () => {
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), labels, (selector, own) => {
      const again = parseSelector(formatSelector(selector));
      assert.ok(again.ok, formatSelector(selector));
      assert.equal(matches(again.value, own), matches(selector, own));
    }),
  );
});

const fields = { 'metadata.name': 'web', 'status.phase': 'Running', odd: 'a,b=c\\' };
const fieldTexts: readonly (readonly [string, boolean | 'refused'])[] = [
  ['', true],
  ['metadata.name=web', true],
  ['metadata.name==web,status.phase!=Failed', true],
  ['status.phase!=Running', false],
  ['missing=', true],
  ['odd=a\\,b\\=c\\\\', true],
  ['=', true],
  ['metadata.name', 'refused'],
  ['odd=a=b', 'refused'],
  ['odd=a\\b', 'refused'],
  ['odd=a\\', 'refused'],
];
for (const [text, expected] of fieldTexts)
  test(`field selector "${text}": ${expected}`, () => {
    const selector = parseFieldSelector(text);
    assert.equal(selector.ok ? matchesFields(selector.value, fields) : 'refused', expected);
  });

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../lib/json.ts';
import { isEmptySelector, mapSelects, selects } from './label-selector.ts';

const web = { app: 'web', tier: 'front' };

const rows: readonly [string, Json | undefined, boolean][] = [
  ['an absent selector selects nothing', undefined, false],
  ['an empty selector selects everything', {}, true],
  ['matchLabels: {} selects everything', { matchLabels: {} }, true],
  ['an equal label is selected', { matchLabels: { app: 'web' } }, true],
  ['all labels must be equal', { matchLabels: { app: 'web', tier: 'back' } }, false],
  ['a label of that name is not inherited from the prototype', { matchLabels: { constructor: 'web' } }, false],
  ['In holds for one of the values', { matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'web'] }] }, true],
  ['In needs the key', { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, false],
  ['In without values is invalid and selects nothing', { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] }, false],
  ['NotIn holds where the key is missing', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
  ['NotIn fails for one of the values', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  ['Exists needs the key', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  ['Exists with values is invalid', { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['web'] }] }, false],
  ['DoesNotExist holds where the key is missing', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
  ['an unknown operator selects nothing', { matchExpressions: [{ key: 'app', operator: 'Like', values: ['w'] }] }, false],
  ['labels and expressions hold together', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
];

for (const [name, selector, expected] of rows) test(name, () => assert.equal(selects(selector, web), expected));

test('a map selector is contained in the labels, and the empty one in all', () => {
  assert.equal(mapSelects({ app: 'web' }, web), true);
  assert.equal(mapSelects({ app: 'api' }, web), false);
  assert.equal(mapSelects({}, web), true);
});

test('a selector without requirements is empty', () => {
  assert.equal(isEmptySelector({ matchLabels: {}, matchExpressions: [] }), true);
  assert.equal(isEmptySelector({ matchLabels: { a: 'b' } }), false);
  assert.equal(isEmptySelector(undefined), false);
});

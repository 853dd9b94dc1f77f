// The store: revisions, order, older states, compaction.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asString, dig, type JsonObject } from '../../lib/json.ts';
import { memoryStore } from './store.ts';

const things = { group: 'example.com', resource: 'things' };

function thing(name: string, x: number): JsonObject {
  return { kind: 'Thing', metadata: { name }, x };
}

test('keys decide the order: a namespace with a dash before one that begins alike', () => {
  const store = memoryStore();
  for (const namespace of ['a', 'a-b', 'a.b', 'b']) store.put(things, namespace, 'x', { metadata: { name: 'x', namespace } });
  assert.deepEqual(
    store.list(things).map((object) => dig(object, 'metadata', 'namespace')),
    ['a-b', 'a.b', 'a', 'b'],
  );
  assert.equal(store.list(things, 'a').length, 1);
});

test('a removal has a revision of its own and shows the last state', () => {
  const store = memoryStore({ revision: 7 });
  store.put(things, '', 'a', thing('a', 1));
  const removed = store.remove(things, '', 'a');
  assert.equal(dig(removed, 'metadata', 'resourceVersion'), '9');
  assert.equal(store.since(things, 8)[0]?.removed, removed);
  assert.equal(store.remove(things, '', 'a'), undefined);
});

test('the state at every revision is what it was then', () => {
  const writes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.nat(9))), { maxLength: 40 });
  fc.assert(
    fc.property(writes, (steps) => {
      const store = memoryStore();
      const states = new Map<number, readonly JsonObject[]>([[0, []]]);
      for (const [name, x] of steps) {
        if (x === null) store.remove(things, '', name);
        else store.put(things, '', name, thing(name, x));
        states.set(store.revision(), store.list(things));
      }
      for (const [revision, state] of states) assert.deepEqual(store.listAt(things, revision), state);
    }),
  );
});

test('a long history forgets its beginning', () => {
  const store = memoryStore({ history: 10 });
  for (let index = 0; index < 50; index++) store.put(things, '', 'a', thing('a', index));
  assert.ok(store.compacted() > 20);
  assert.ok(store.since(things, store.compacted()).length >= 10);
  assert.equal(asString(dig(store.get(things, '', 'a'), 'metadata', 'resourceVersion')), '50');
});

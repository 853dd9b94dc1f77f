// A staged store is the store it will be: the same writes give the same answers before the commit and the same store after it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stagedStore } from './staged.ts';
import { memoryStore, type Store } from './store.ts';

const resource = { group: '', resource: 'things' };
const names = fc.constantFrom('a', 'b', 'c');
const spaces = fc.constantFrom('x', 'y');
const steps = fc.array(
  fc.record({ act: fc.constantFrom('put', 'remove'), name: names, namespace: spaces, value: fc.integer({ min: 0, max: 9 }) }),
  { maxLength: 12 },
);

type Step = { readonly act: string; readonly name: string; readonly namespace: string; readonly value: number };

function run(store: Store, { act, name, namespace, value }: Step): unknown {
  return act === 'put'
    ? store.put(resource, namespace, name, { metadata: { name, namespace }, value })
    : store.remove(resource, namespace, name);
}

function seen(store: Store): unknown {
  return [store.revision(), store.list(resource), store.list(resource, 'x'), store.get(resource, 'y', 'a')];
}

test('writes are seen at once, below only after the commit', () => {
  fc.assert(
    fc.property(steps, steps, (first, second) => {
      const [plain, below] = [memoryStore(), memoryStore()];
      for (const step of first) for (const store of [plain, below]) run(store, step);
      const before = seen(below);
      const staged = stagedStore(below);
      for (const step of second) {
        assert.deepEqual(run(staged, step), run(plain, step));
        assert.deepEqual(seen(staged), seen(plain));
      }
      assert.deepEqual(seen(below), before);
      staged.commit();
      assert.deepEqual(seen(below), seen(plain));
      assert.deepEqual(
        below.since(resource, 0).map(({ revision }) => revision),
        plain.since(resource, 0).map(({ revision }) => revision),
      );
    }),
  );
});

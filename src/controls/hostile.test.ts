// Whatever an object holds, no control throws: every scalar of the examples is replaced in turn by values that no schema has, among them
// objects whose keys are named like the methods that JavaScript asks of everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { isObject, type Json } from '../lib/json.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { catalogue } from './index.ts';
import { runControls } from './run.ts';

const odd: readonly Json[] = [
  null,
  { toString: 1, valueOf: 2 },
  [[]],
  -1.5,
  '\u0000',
  { __proto__: null, constructor: 'x' } as unknown as Json,
];

function changed(value: Json, replacement: Json, skip: number, state: { at: number }): Json {
  if (Array.isArray(value)) return value.map((item) => changed(item, replacement, skip, state));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        item === undefined || key === 'apiVersion' || key === 'kind' ? item : changed(item, replacement, skip, state),
      ]),
    );
  return state.at++ % 3 === skip ? replacement : value;
}

test('no control throws on odd values', () => {
  const crashed = new Set<string>();
  for (const control of catalogue) {
    const examples = [...control.examples.pass(), ...control.examples.fail()].slice(0, 3);
    for (const example of examples)
      for (const [index, replacement] of odd.entries()) {
        const objects = example.map((object) => changed(object as Json, replacement, index % 3, { at: 0 }) as KubeObject);
        const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
        for (const { message } of runControls(state, { controls: [control], now: 0 }).problems) crashed.add(message);
      }
  }
  assert.deepEqual([...crashed], []);
});

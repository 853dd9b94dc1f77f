// Merge, strategic merge and the server's JSON patches. The outcomes of the strategic table are those of kube-apiserver 1.36.3.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../lib/json.ts';
import { loadSchemas } from '../schema/load.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyServerJsonPatch } from './server-json-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge.ts';

const release = await loadSchemas('1.36');

const merges: readonly (readonly [Json, Json, Json])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [['a', 'b'], ['c'], ['c']],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{ a: 1 }, null, null],
];
for (const [value, patch, expected] of merges)
  test(`merge ${JSON.stringify(patch)} into ${JSON.stringify(value)}`, () => assert.deepEqual(applyMergePatch(value, patch), expected));

test('keys that name parts of objects are merged like any other', () => {
  const patch: Json = JSON.parse('{"__proto__":{"a":1},"constructor":null}');
  const merged = applyMergePatch(JSON.parse('{"constructor":1,"b":2}'), patch);
  assert.equal(JSON.stringify(merged), '{"b":2,"__proto__":{"a":1}}');
});

const pod = (spec: Json): Json => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { a: '1' } }, spec });

function strategic(spec: Json, patch: Json, kind = 'Pod', apiVersion = 'v1'): Json {
  const schema = release?.schemaOf(apiVersion, kind);
  assert.ok(schema !== undefined);
  const result = applyStrategicMergePatch(pod(spec), { spec: patch }, schema);
  return result.ok ? ((result.value as { readonly [key: string]: Json }).spec ?? null) : `refused: ${result.problem.code}`;
}

const containers: Json = [
  { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
  { name: 'b', image: 'b:1' },
];
const strategicRows: readonly (readonly [string, Json, Json, Json])[] = [
  [
    'merges containers by name',
    { containers },
    { containers: [{ name: 'b', image: 'b:2' }] },
    {
      containers: [
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:2' },
      ],
    },
  ],
  [
    'puts a new container before those it did not name',
    { containers: [{ name: 'a' }] },
    { containers: [{ name: 'c', image: 'c' }] },
    { containers: [{ name: 'c', image: 'c' }, { name: 'a' }] },
  ],
  [
    'merges lists in lists',
    { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] },
    { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
    {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
      ],
    },
  ],
  [
    'deletes a member by its key',
    { containers },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: [{ name: 'b', image: 'b:1' }] },
  ],
  ['replaces a list', { containers }, { containers: [{ $patch: 'replace' }, { name: 'z' }] }, { containers: [{ name: 'z' }] }],
  [
    'replaces a mapping',
    { securityContext: { runAsUser: 1, fsGroup: 2 } },
    { securityContext: { $patch: 'replace', fsGroup: 3 } },
    { securityContext: { fsGroup: 3 } },
  ],
  ['empties a mapping', { securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'delete' } }, { securityContext: {} }],
  [
    'replaces lists without a strategy',
    { containers: [{ name: 'a', args: ['1', '2'] }] },
    { containers: [{ name: 'a', args: ['3'] }] },
    { containers: [{ name: 'a', args: ['3'] }] },
  ],
  [
    'removes with null, and drops nulls of what is new',
    { nodeName: 'n' },
    { nodeName: null, securityContext: { runAsUser: null, fsGroup: 1 } },
    { securityContext: { fsGroup: 1 } },
  ],
  [
    'orders as the patch says',
    { containers },
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'a:2' }] },
    {
      containers: [
        { name: 'b', image: 'b:1' },
        { name: 'a', image: 'a:2', env: [{ name: 'X', value: '1' }] },
      ],
    },
  ],
  [
    'keeps only the named keys',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
    { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
  ],
  ['refuses a member without its key', { containers }, { containers: [{ image: 'x' }] }, 'refused: patch'],
  ['refuses an unknown directive', { securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'shake' } }, 'refused: patch'],
  [
    'refuses keys to keep that lack a key of the patch',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name'], hostPath: {} }] },
    'refused: format',
  ],
  [
    'refuses an order that lacks a member',
    { containers },
    { '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a', image: 'x' }] },
    'refused: patch',
  ],
  ['refuses to merge into an unknown field', { strange: { a: 1 } }, { strange: { b: 2 } }, 'refused: patch'],
  ['refuses members of two types', { containers }, { containers: ['a'] }, 'refused: patch'],
];
for (const [name, spec, patch, expected] of strategicRows)
  test(`a strategic patch ${name}`, () => assert.deepEqual(strategic(spec, patch), expected));

test('finalizers are merged and deleted as plain texts', () => {
  const schema = release?.schemaOf('v1', 'Pod');
  assert.ok(schema !== undefined);
  const object: Json = { metadata: { finalizers: ['a', 'b'] } };
  const merged = applyStrategicMergePatch(object, { metadata: { finalizers: ['c', 'a'] } }, schema);
  assert.deepEqual(merged.ok && merged.value, { metadata: { finalizers: ['c', 'a', 'b'] } });
  const deleted = applyStrategicMergePatch(object, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, schema);
  assert.deepEqual(deleted.ok && deleted.value, { metadata: { finalizers: ['b'] } });
  assert.deepEqual(object, { metadata: { finalizers: ['a', 'b'] } });
});

test('an empty strategic patch changes nothing, and a patch is the same when applied twice', () => {
  const schema = release?.schemaOf('v1', 'Pod');
  assert.ok(schema !== undefined);
  const plain = { noNullPrototype: true } as const;
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const container = fc.record({ name, image: fc.constantFrom('x', 'y'), args: fc.array(name, { maxLength: 2 }) }, plain);
  const spec = fc.record({ containers: fc.uniqueArray(container, { selector: (item) => item.name, minLength: 1 }), nodeName: name }, plain);
  fc.assert(
    fc.property(spec, spec, (object, patch) => {
      const same = applyStrategicMergePatch(pod(object), {}, schema);
      assert.deepEqual(same.ok && same.value, pod(object));
      const once = applyStrategicMergePatch(pod(object), { spec: patch }, schema);
      assert.ok(once.ok);
      const twice = applyStrategicMergePatch(once.value, { spec: patch }, schema);
      assert.deepEqual(twice.ok && twice.value, once.value);
    }),
  );
});

const jsonRows: readonly (readonly [string, Json, Json, Json | 'refused'])[] = [
  ['replaces a key that is absent', { a: {} }, [{ op: 'replace', path: '/a/b', value: 1 }], { a: { b: 1 } }],
  ['counts indexes from the end', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/-1' }], { a: [1, 2] }],
  ['adds at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['tests an absent key for null', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
  ['copies what is absent as null', {}, [{ op: 'copy', from: '/a', path: '/b' }], { b: null }],
  ['moves', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  ['replaces the document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ['ignores what stands before the first slash', { a: 1 }, [{ op: 'remove', path: 'x/a' }], {}],
  ['refuses a test that fails', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }], 'refused'],
  ['refuses to remove what is absent', { a: 1 }, [{ op: 'remove', path: '/b' }], 'refused'],
  ['refuses a missing parent', {}, [{ op: 'add', path: '/a/b', value: 1 }], 'refused'],
  ['refuses an index beyond the end', { a: [] }, [{ op: 'add', path: '/a/1', value: 1 }], 'refused'],
  ['refuses an unknown operation', {}, [{ op: 'frob', path: '/a' }], 'refused'],
  ['refuses operations of odd shapes', {}, [null, 5, {}], 'refused'],
  ['refuses what is no list', {}, { op: 'add' }, 'refused'],
];
for (const [name, value, patch, expected] of jsonRows)
  test(`the server's JSON patch ${name}`, () => {
    const before = JSON.stringify(value);
    const result = applyServerJsonPatch(value, patch);
    assert.deepEqual(result.ok ? result.value : 'refused', expected);
    assert.equal(JSON.stringify(value), before);
  });

test('copies of copies end before they fill the memory', () => {
  const copies = Array.from({ length: 60 }, (_, index) => ({ op: 'copy' as const, from: '/a', path: `/a/b${index}` }));
  const value: Json = { a: { x: 'y'.repeat(50) } };
  for (const result of [applyServerJsonPatch(value, copies), applyJsonPatch(value, copies)])
    assert.match(result.ok ? '' : result.problem.message, /accumulated size increase of copy is 4194201, exceeding the limit 3145728/);
});

// Custom resources against structural schemas, as apiextensions-apiserver 1.36 judges them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { applySchemaDefaults, dropNulls, pruneUnknown } from './complete.ts';
import { validateCustom, violationsOf } from './custom.ts';
import { loadSchemas } from './load.ts';
import { type CustomVersion, customKind, structuralSchema } from './structural.ts';

const release = await loadSchemas('1.36');
const objectMeta = release?.definition('meta.v1.ObjectMeta');

function version(spec: Json, more: Partial<CustomVersion> = {}): CustomVersion {
  const schema = structuralSchema({
    type: 'object',
    properties: { spec, status: { type: 'object', properties: { phase: { type: 'string' } } } },
  });
  return { name: 'v1', served: true, storage: true, schema, preservesUnknownFields: false, statusSubresource: false, ...more };
}

function found(spec: Json, value: Json, more: Partial<CustomVersion> = {}): readonly string[] {
  const object: Json = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' }, spec: value };
  return validateCustom(object, version(spec, more), objectMeta).map(({ code, pointer }) => `${code} ${pointer}`);
}

const object = (properties: Json, more: { readonly [key: string]: Json } = {}): Json => ({ type: 'object', properties, ...more });

const rows: readonly (readonly [string, Json, Json, ...string[]])[] = [
  ['a field of the right type', object({ size: { type: 'integer' } }), { size: 3 }],
  ['a text where a number belongs', object({ size: { type: 'integer' } }), { size: '3' }, 'wrong-type /spec/size'],
  ['a whole number where any number belongs', object({ size: { type: 'number' } }), { size: 3 }],
  ['a fraction where a whole number belongs', object({ size: { type: 'integer' } }), { size: 3.5 }, 'wrong-type /spec/size'],
  ['an unknown field', object({ size: { type: 'integer' } }), { sise: 3 }, 'unknown-field /spec/sise'],
  ['an unknown field where they are kept', object({}, { 'x-kubernetes-preserve-unknown-fields': true }), { any: { thing: 1 } }],
  [
    'an unknown field below a known one where they are kept',
    object({ a: object({}) }, { 'x-kubernetes-preserve-unknown-fields': true }),
    { a: { b: 1 } },
    'unknown-field /spec/a/b',
  ],
  ['a map of strings', { type: 'object', additionalProperties: { type: 'string' } }, { a: 'x', b: 2 }, 'wrong-type /spec/b'],
  ['a map of anything flat', { type: 'object', additionalProperties: true }, { a: 'x', b: { c: 1 } }, 'unknown-field /spec/b/c'],
  ['a required field that is absent', object({ a: { type: 'string' } }, { required: ['a'] }), {}, 'missing /spec/a'],
  ['a required field with a default', object({ a: { type: 'string', default: 'x' } }, { required: ['a'] }), {}],
  ['null for a field that may not be null: dropped', object({ a: { type: 'string' } }), { a: null }],
  ['null for a required one', object({ a: { type: 'string' } }, { required: ['a'] }), { a: null }, 'missing /spec/a'],
  ['null for one that may be null', object({ a: { type: 'string', nullable: true } }, { required: ['a'] }), { a: null }],
  ['null for one with a default', object({ a: { type: 'string', default: 'x' } }, { required: ['a'] }), { a: null }],
  ['null in a list', object({ a: { type: 'array', items: { type: 'string' } } }), { a: [null] }, 'wrong-type /spec/a/0'],
  ['an enum value', object({ a: { type: 'string', enum: ['x', 'y'] } }), { a: 'x' }],
  ['no enum value', object({ a: { type: 'string', enum: ['x', 'y'] } }), { a: 'z' }, 'not-allowed /spec/a'],
  [
    'null where null may stand and an enum is',
    object({ a: { type: 'string', nullable: true, enum: ['x'] } }),
    { a: null },
    'not-allowed /spec/a',
  ],
  [
    'a port by name or number',
    object({ a: { 'x-kubernetes-int-or-string': true }, b: { 'x-kubernetes-int-or-string': true } }),
    { a: 80, b: 'http' },
  ],
  ['a port that is true', object({ a: { 'x-kubernetes-int-or-string': true } }), { a: true }, 'wrong-type /spec/a'],
  ['lengths in characters, not in units', object({ a: { type: 'string', maxLength: 2 } }), { a: '😀😀' }],
  ['too long', object({ a: { type: 'string', maxLength: 2 } }), { a: 'abc' }, 'limit /spec/a'],
  ['a pattern that is found', object({ a: { type: 'string', pattern: 'b+' } }), { a: 'abbc' }],
  ['a pattern that is not', object({ a: { type: 'string', pattern: '^b+$' } }), { a: 'abbc' }, 'limit /spec/a'],
  ['a pattern of Go', object({ a: { type: 'string', pattern: '^(?i)[[:alpha:]]+\\z' } }), { a: 'aBc' }],
  ['minimum', object({ a: { type: 'integer', minimum: 1 } }), { a: 0 }, 'limit /spec/a'],
  ['exclusive maximum', object({ a: { type: 'number', maximum: 2, exclusiveMaximum: true } }), { a: 2 }, 'limit /spec/a'],
  ['a multiple', object({ a: { type: 'number', multipleOf: 0.5 } }), { a: 1.5 }],
  ['no multiple', object({ a: { type: 'integer', multipleOf: 4 } }), { a: 6 }, 'limit /spec/a'],
  ['beyond 32 bits', object({ a: { type: 'integer', format: 'int32' } }), { a: 2 ** 31 }, 'limit /spec/a'],
  ['too few members', object({ a: { type: 'array', minItems: 1, items: { type: 'string' } } }), { a: [] }, 'limit /spec/a'],
  ['too many fields', { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } }, { a: 'x', b: 'y' }, 'limit /spec'],
  [
    'a set with a repeated member',
    object({ a: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } }),
    { a: ['x', 'y', 'x'] },
    'duplicate /spec/a/2',
  ],
  [
    'a keyed list with a repeated key',
    object({
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['n', 'p'],
        items: object({ n: { type: 'string' }, p: { type: 'string', default: 'TCP' } }),
      },
    }),
    { a: [{ n: 'x' }, { n: 'x', p: 'TCP' }] },
    'duplicate /spec/a/1',
  ],
  ['a format', object({ a: { type: 'string', format: 'ipv4' } }), { a: '10.0.0.300' }, 'wrong-type /spec/a'],
  ['a format nobody knows', object({ a: { type: 'string', format: 'shoe-size' } }), { a: 'x' }],
  [
    'one of, exactly one',
    object({ a: { type: 'string' }, b: { type: 'string' } }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
    { a: 'x' },
  ],
  [
    'one of, both',
    object({ a: { type: 'string' }, b: { type: 'string' } }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
    { a: 'x', b: 'y' },
    'combination /spec',
  ],
  ['any of, none', object({ a: { type: 'string' } }, { anyOf: [{ required: ['a'] }] }), {}, 'combination /spec', 'missing /spec/a'],
  ['all of', object({ a: { type: 'string', allOf: [{ minLength: 2 }, { pattern: '^x' }] } }), { a: 'y' }, 'limit /spec/a', 'limit /spec/a'],
  ['not', object({ a: { type: 'string', not: { enum: ['x'] } } }), { a: 'x' }, 'combination /spec/a'],
  [
    'an object within, which must say what it is',
    object({ t: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true } }),
    { t: { kind: 'Pod', metadata: { lables: {} } } },
    'missing /spec/t/apiVersion',
    'unknown-field /spec/t/metadata/lables',
  ],
];
for (const [name, spec, value, ...expected] of rows) test(name, () => assert.deepEqual(found(spec, value), expected));

test('metadata is that of every object', () => {
  const judged = validateCustom({ metadata: { name: 'x', labels: { a: 1 }, colour: 'red' } }, version({}), objectMeta);
  assert.deepEqual(
    judged.map(({ code, pointer }) => `${code} ${pointer}`),
    ['wrong-type /metadata/labels/a', 'unknown-field /metadata/colour'],
  );
});

test('a definition that keeps unknown fields everywhere', () =>
  assert.deepEqual(found(object({}), { any: 1 }, { preservesUnknownFields: true }), []));

test('a status that is a subresource is thrown away before types are looked at', () => {
  const body: Json = { metadata: { name: 'x' }, status: { phase: 5 } };
  assert.deepEqual(validateCustom(body, version({}, { statusSubresource: true }), objectMeta), []);
  assert.equal(validateCustom(body, version({}), objectMeta).length, 1);
});

test('steps leave their input alone and share what they do not change', () => {
  const schema = structuralSchema(object({ a: object({ b: { type: 'string', default: 'x' } }), keep: object({ c: { type: 'string' } }) }));
  const value: Json = { a: { extra: 1 }, keep: { c: 'y' } };
  const before = JSON.stringify(value);
  const pruned = pruneUnknown(value, schema);
  assert.deepEqual(pruned, { value: { a: {}, keep: { c: 'y' } }, dropped: [['a', 'extra']] });
  assert.deepEqual(applySchemaDefaults(pruned.value, schema), { a: { b: 'x' }, keep: { c: 'y' } });
  assert.equal((pruned.value as { keep: Json }).keep, value.keep);
  assert.equal(dropNulls(value, schema), value);
  assert.equal(JSON.stringify(value), before);
});

test('defaults are filled in from the outside in', () => {
  const schema = structuralSchema(
    object({
      a: object({ b: { type: 'integer', default: 1 } }, { default: {} }),
      l: { type: 'array', items: object({ p: { type: 'string', default: 'TCP' } }) },
    }),
  );
  assert.deepEqual(applySchemaDefaults({ l: [{}, { p: 'UDP' }] }, schema), { l: [{ p: 'TCP' }, { p: 'UDP' }], a: { b: 1 } });
});

test('both forms of definitions', () => {
  const names = { kind: 'Widget', plural: 'widgets' };
  const schema = { openAPIV3Schema: object({ a: { type: 'string' } }) };
  const newer = customKind({
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: {
      group: 'g',
      names,
      scope: 'Cluster',
      versions: [
        { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } },
        { name: 'v2', served: false },
      ],
    },
  });
  assert.deepEqual(
    newer?.versions.map(({ name, served, preservesUnknownFields, statusSubresource }) => [
      name,
      served,
      preservesUnknownFields,
      statusSubresource,
    ]),
    [
      ['v1', true, false, true],
      ['v2', false, true, false],
    ],
  );
  assert.equal(newer?.namespaced, false);
  const older = customKind({ apiVersion: 'apiextensions.k8s.io/v1beta1', spec: { group: 'g', names, version: 'v1', validation: schema } });
  assert.deepEqual(
    older?.versions.map(({ name, preservesUnknownFields }) => [name, preservesUnknownFields]),
    [['v1', true]],
  );
});

test('schemas of odd shapes are read as far as they make sense', () => {
  for (const odd of [
    null,
    5,
    [],
    'x',
    { type: ['a'] },
    { properties: [] },
    { items: [] },
    { anyOf: 'x', enum: {}, required: 'a', pattern: '(' },
  ])
    assert.deepEqual(violationsOf({ a: 1 }, structuralSchema(odd as Json)), []);
});

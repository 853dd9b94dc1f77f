// Custom resources with faults, as sentences: what the server says to a new widget that is changed in one place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import { dig, type Json, type JsonObject } from '../../lib/json.ts';
import { apiServer } from '../server.ts';
import { memoryStore } from '../store/store.ts';
import { write } from '../write/write.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const server = apiServer(release);

const schema: Json = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      'x-kubernetes-validations': [{ rule: 'self.minimum <= self.size' }],
      properties: {
        size: { type: 'integer' },
        minimum: { type: 'integer', default: 0 },
        replicas: { type: 'integer' },
        name: { type: 'string', maxLength: 3, pattern: '^[a-z]+$' },
        inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};
const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.a.example' },
  spec: {
    group: 'a.example',
    scope: 'Cluster',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, subresources: { scale }, schema: { openAPIV3Schema: schema } }],
  },
};

const widget = (spec: Json, rest: JsonObject = {}): JsonObject => ({
  apiVersion: 'a.example/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
  ...rest,
});

function answer(method: string, body: JsonObject) {
  const store = memoryStore();
  store.put({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, '', 'widgets.a.example', definition);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => 'u', suffix: () => 'x' };
  const writing = { server, state: store, store, circumstances };
  const user = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
  const path = '/apis/a.example/v1/widgets';
  const send = (how: string, at: string, value: Json) =>
    write({ method: how, path: at, query: { fieldValidation: 'Strict' }, user, body: { kind: 'json', value } }, writing);
  if (method === 'POST') return send('POST', path, body);
  const made = send('POST', path, widget({ size: 1 })).object;
  const metadata = { ...((made?.metadata ?? {}) as JsonObject), ...(body.metadata as JsonObject) };
  return send('PUT', `${path}/w`, { ...body, metadata });
}

function said(method: string, body: JsonObject): string {
  const { code, refusal } = answer(method, body);
  return refusal === undefined ? String(code) : `${code} ${refusal.message.replace(/^Widget.*?(?:is invalid|as a Widget): /, '')}`;
}

const inner = (rest: JsonObject): Json => ({ size: 1, inner: { apiVersion: 'v1', kind: 'ConfigMap', ...rest } });
const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
const rows: readonly (readonly [what: string, body: JsonObject, answer: string])[] = [
  ['as it should be', widget({ size: 1 }), '201'],
  [
    'no apiVersion',
    widget({}, { apiVersion: '' }),
    '400 the API version in the data () does not match the expected API version (a.example/v1)',
  ],
  [
    'an apiVersion of null',
    widget({}, { apiVersion: null }),
    '400 .apiVersion accessor error: <nil> is of the type <nil>, expected string',
  ],
  [
    'another kind, which has no defaults that rules could read',
    widget({ size: 1 }, { kind: 'Other' }),
    '422 Other.a.example "w" is invalid: [kind: Invalid value: "Other": must be Widget, spec: Invalid value: "object": no such key: minimum evaluating rule: self.minimum <= self.size]',
  ],
  [
    'a way to replicas that leads through a number',
    widget(3),
    `422 [spec: Invalid value: "integer": spec in body must be of type object: "integer", .spec.replicas: Invalid value: 0: .spec.replicas accessor error: 3 is of the type int64, expected map[string]interface{}, <nil>: Invalid value: null: ${unchecked}]`,
  ],
  ['replicas below zero', widget({ size: 1, replicas: -1 }), '422 .spec.replicas: Invalid value: -1: should be a non-negative integer'],
  [
    'replicas beyond 32 bits',
    widget({ size: 1, replicas: 3e9 }),
    '422 .spec.replicas: Invalid value: 3000000000: should be less than or equal to 2147483647',
  ],
  [
    'a whole number beyond 64 bits',
    widget({ size: 1e30 }),
    `422 [spec.size: Invalid value: "number": spec.size in body must be of type integer: "number", <nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.size, <nil>: Invalid value: null: ${unchecked}]`,
  ],
  [
    'a text that is too long, of which its pattern is not asked',
    widget({ size: 1, name: '1234' }),
    `422 [spec.name: Too long: may not be more than 3 bytes, <nil>: Invalid value: null: ${unchecked}]`,
  ],
  ['an embedded kind that is no text', widget(inner({ kind: 1 })), '400 spec.inner.kind: Invalid value: 1: must be a string'],
  [
    'embedded metadata that is no object',
    widget(inner({ metadata: 'x' })),
    '400 spec.inner.metadata: Invalid value: "x": json: cannot unmarshal string into Go value of type v1.ObjectMeta',
  ],
  [
    'embedded metadata with a field that no metadata have',
    widget(inner({ metadata: { name: 'x', bogus: 1 } })),
    '400 strict decoding error: unknown field "spec.inner.metadata.bogus"',
  ],
];

for (const [what, body, expected] of rows) test(`a new widget: ${what}`, () => assert.equal(said('POST', body), expected));

test('a body that does not say its kind is not recognized', () => {
  for (const kind of ['', null])
    assert.match(said('POST', widget({}, { kind })), /^400 the object provided is unrecognized .*Object 'Kind' is missing/);
});

test('embedded metadata of null becomes empty', () => {
  assert.deepEqual(dig(answer('POST', widget(inner({ metadata: null }))).object, 'spec', 'inner', 'metadata'), {});
});

test('finalizers of custom resources need no domain, on updates neither', () => {
  assert.equal(said('PUT', widget({ size: 1 }, { metadata: { finalizers: ['a'] } })), '200');
});

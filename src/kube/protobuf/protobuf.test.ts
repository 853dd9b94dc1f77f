// Objects to protobuf and back: what was written is read again, in one order whatever order it was given in. The bytes of the real server are
// held against these in test/cluster/protobuf.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dig, type JsonObject } from '../../lib/json.ts';
import { loadSchemas } from '../schema/load.ts';
import { decodeProtobuf, isProtobuf } from './decode.ts';
import { encodeProtobuf, encodeWatchEvent } from './encode.ts';
import { loadFieldNumbers, type Protobuf } from './layout.ts';
import { readUnion } from './unions.ts';
import { Malformed } from './wire.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const protobuf: Protobuf = { release, numbers: await loadFieldNumbers() };

const object = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => ({ kind, apiVersion, metadata: { name: 'a' }, ...rest });

const rows: readonly (readonly [what: string, object: JsonObject])[] = [
  ['text beyond ASCII', object('v1', 'ConfigMap', { data: { 'schlüssel.😀': 'wert 😀', ascii: 'plain' } })],
  ['bytes', object('v1', 'Secret', { data: { p: 'AP+A' } })],
  [
    'negative and large numbers',
    object('v1', 'Pod', { spec: { containers: [{ name: 'c' }], priority: -5, activeDeadlineSeconds: 9007199254740991 } }),
  ],
  ['zero where somebody gave it', object('apps/v1', 'ReplicaSet', { spec: { replicas: 0, selector: { matchLabels: { a: 'b' } } } })],
  [
    'a port by name and one by number',
    object('v1', 'Service', {
      spec: {
        ports: [
          { port: 80, targetPort: 'http' },
          { port: 81, targetPort: 8081 },
        ],
      },
    }),
  ],
  [
    'times',
    {
      ...object('v1', 'Pod', {}),
      metadata: { name: 'a', creationTimestamp: '2030-01-02T03:04:05Z', deletionTimestamp: '1969-12-31T23:59:58Z' },
    },
  ],
  ['microseconds', object('coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2030-01-02T03:04:05.000600Z' } })],
  [
    'lists that have a name',
    object('authorization.k8s.io/v1', 'SubjectAccessReview', { spec: { user: 'u', extra: { scopes: ['a', 'b'] } } }),
  ],
  [
    'a field that protobuf spells otherwise',
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { webhooks: [{ name: 'w', sideEffects: 'None' }] }),
  ],
  [
    'owners of fields',
    { ...object('v1', 'Pod', {}), metadata: { name: 'a', managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} } }] } },
  ],
];

const schemas: JsonObject = {
  type: 'object',
  additionalProperties: false,
  default: { a: [1, null, '<b>'], c: false },
  enum: [null, 0, '', 'x', [1], { y: {} }],
  properties: {
    list: { type: 'array', items: { type: 'string', maxLength: 3 }, 'x-kubernetes-list-type': 'set' },
    tuple: { items: [{ type: 'string' }, { type: 'integer' }], additionalItems: true },
    map: { type: 'object', additionalProperties: { $ref: '#/x', $schema: 'y', nullable: true }, example: 0 },
    number: { type: 'number', minimum: -0.5, maximum: 1e300, exclusiveMaximum: true, multipleOf: 2 },
    rules: { 'x-kubernetes-validations': [{ rule: 'self', optionalOldSelf: false }], 'x-kubernetes-preserve-unknown-fields': false },
  },
  dependencies: { a: ['b', 'c'], d: { not: { type: 'string' } } },
};

test('schemas of custom resources: what may be of several kinds in JSON is read again', () => {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schemas } };
  const encoded = encodeProtobuf(
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: { versions: [version] } }),
    protobuf,
  );
  assert.ok(encoded.ok);
  const decoded = decodeProtobuf(encoded.value, protobuf);
  assert.ok(decoded.ok);
  assert.deepEqual(JSON.parse(JSON.stringify(dig(decoded.value, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema'))), schemas);
});

test('JSON within protobuf is as deep as other JSON', () => {
  const read = (json: string) => {
    const { length } = json;
    const head = [0x0a, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
    return readUnion('JSON', Buffer.concat([Buffer.from(head), Buffer.from(json)]), () => ({}));
  };
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.equal(JSON.stringify(read(nested(1_000))), nested(1_000));
  assert.equal(read(JSON.stringify(`"\\${'['.repeat(5_000)}`)), `"\\${'['.repeat(5_000)}`);
  assert.throws(() => read(nested(5_000)), Malformed);
});

for (const [what, given] of rows)
  test(`${what}: what was written is read again`, () => {
    const encoded = encodeProtobuf(given, protobuf);
    assert.ok(encoded.ok && isProtobuf(encoded.value));
    const decoded = decodeProtobuf(encoded.value, protobuf);
    assert.ok(decoded.ok);
    for (const key of Object.keys(given)) assert.deepEqual(without(decoded.value[key]), without(given[key]), key);
  });

/** The empty things that Go writes of what is no pointer are no difference. */
function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, each]) => {
    const found = without(each);
    return found === null || (typeof found === 'object' && Object.keys(found as object).length === 0 && key !== 'f:spec')
      ? []
      : [[key, found] as const];
  });
  return Object.fromEntries(entries);
}

test('the order of keys makes no difference', () => {
  const bytes = (data: JsonObject) => encodeProtobuf(object('v1', 'ConfigMap', { data }), protobuf);
  assert.deepEqual(bytes({ b: '1', a: '2', é: '3' }), bytes({ é: '3', a: '2', b: '1' }));
});

test('a list is the sum of its items, and a frame begins with its length', () => {
  const list = {
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '7' },
    items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
  };
  const encoded = encodeProtobuf(list, protobuf);
  assert.ok(encoded.ok);
  const frame = encodeWatchEvent('ADDED', object('v1', 'ConfigMap', {}), protobuf);
  assert.ok(frame.ok);
  assert.equal(new DataView(frame.value.buffer, frame.value.byteOffset).getUint32(0), frame.value.length - 4);
});

test('kinds without a form in protobuf are named', () => {
  for (const [apiVersion, kind] of [
    ['example.com/v1', 'Gadget'],
    ['meta.k8s.io/v1', 'Table'],
  ] as const) {
    const encoded = encodeProtobuf(object(apiVersion, kind, {}), protobuf);
    assert.deepEqual(encoded, { ok: false, problem: `${apiVersion} ${kind} has no protobuf form` });
  }
});

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const part = (number: number, ...inside: readonly number[]): readonly number[] => [(number << 3) | 2, inside.length, ...inside];
const bodyOf = (kind: string, ...message: readonly number[]) =>
  Uint8Array.from([...bytesOf('k8s\0'), ...part(1, ...part(1, ...bytesOf('v1')), ...part(2, ...bytesOf(kind))), ...part(2, ...message)]);

const broken: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
  ['a body of nothing', Uint8Array.from(bytesOf('k8s\0')), 'empty body'],
  ['a field that ends early', bodyOf('ConfigMap', 0x0a, 0x7f, 1), 'unexpected EOF'],
  ['a number where a map is', bodyOf('ConfigMap', 0x10, 1), 'proto: wrong wireType = 0 for field Data'],
  ['a text where a number is', bodyOf('ConfigMap', ...part(4, 1)), 'proto: wrong wireType = 2 for field Immutable'],
  ['a number where metadata is', bodyOf('ConfigMap', 0x08, 1), 'proto: wrong wireType = 0 for field ObjectMeta'],
  ['a tag of zero', bodyOf('ConfigMap', 0, 0), 'proto: ConfigMap: illegal tag 0 (wire type 0)'],
  ['a number that is too long', bodyOf('ConfigMap', 0x20, ...Array.from({ length: 11 }, () => 0xff)), 'proto: integer overflow'],
];
for (const [what, bytes, message] of broken)
  test(`${what} is refused in Go's words`, () => {
    const decoded = decodeProtobuf(bytes, protobuf);
    assert.ok(!decoded.ok && decoded.problem.kind === 'broken');
    assert.equal(decoded.problem.message, message);
  });

test('a kind without a form here is told from a broken body', () => {
  const decoded = decodeProtobuf(bodyOf('Gadget'), protobuf);
  assert.deepEqual(decoded, { ok: false, problem: { kind: 'unknown', message: 'protobuf bodies of v1 Gadget are not read' } });
});

test('marks of byte order stay, packed numbers are read as those one by one', () => {
  const marked = decodeProtobuf(bodyOf('ConfigMap', ...part(2, ...part(1, 0x61), ...part(2, ...bytesOf('\ufeffb')))), protobuf);
  assert.ok(marked.ok);
  assert.equal(dig(marked.value, 'data', 'a'), '\ufeffb');
  const groups = (...context: readonly number[]) => decodeProtobuf(bodyOf('Pod', ...part(2, ...part(14, ...context))), protobuf);
  assert.deepEqual(groups(...part(4, 1, 0x80, 1)), groups(0x20, 1, 0x20, 0x80, 1));
});

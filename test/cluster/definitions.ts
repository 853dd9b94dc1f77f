// CustomResourceDefinitions to send to a real API server and to ours: small ones that use every part of the format, and what can be done to
// them to make them wrong in one place.

import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';

export const group = 'recorder.example';

function definition(plural: string, kind: string, versions: Json, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, singular: kind.toLowerCase(), kind }, versions, ...more },
  };
}

const text: Json = { type: 'string', maxLength: 10 };
const rule = (words: string, more: JsonObject = {}): Json => ({ rule: words, ...more });

const thing = definition('things', 'Thing', [
  {
    name: 'v1',
    served: true,
    storage: true,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        'x-kubernetes-validations': [rule('!has(self.spec) || has(self.spec.a)', { fieldPath: '.spec' })],
        properties: {
          metadata: { type: 'object', properties: { name: { type: 'string', pattern: '^t' } } },
          spec: {
            type: 'object',
            required: ['a'],
            properties: {
              a: { ...text, default: 'x' },
              b: { type: 'integer', default: 3, minimum: 1, 'x-kubernetes-validations': [rule('self > 0')] },
              c: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
              list: {
                type: 'array',
                maxItems: 5,
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['k'],
                items: { type: 'object', required: ['k'], properties: { k: text, v: { type: 'boolean', default: true } } },
              },
              set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
              map: { type: 'object', additionalProperties: { type: 'string', format: 'date-time' } },
              free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
            oneOf: [{ required: ['a'] }, { properties: { b: { maximum: 2 } } }],
            'x-kubernetes-validations': [
              rule('self.a.size() < 5', { message: 'short', reason: 'FieldValueForbidden' }),
              rule('self.a == oldSelf.a', { messageExpression: '"was " + oldSelf.a', fieldPath: '.a' }),
            ],
          },
          status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
        },
      },
    },
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.b', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
    },
    additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a', priority: 1 }],
    selectableFields: [{ jsonPath: '.spec.a' }],
  },
]);

const pair = definition(
  'pairs',
  'Pair',
  [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: {
                template: {
                  type: 'object',
                  'x-kubernetes-embedded-resource': true,
                  'x-kubernetes-preserve-unknown-fields': true,
                  properties: {
                    kind: { type: 'string' },
                    metadata: { type: 'object', properties: { labels: { type: 'object', additionalProperties: text } } },
                  },
                },
                many: {
                  type: 'array',
                  items: { type: 'array', items: { type: 'string', 'x-kubernetes-validations': [rule('self != ""')] } },
                },
                deep: {
                  type: 'object',
                  default: { a: { b: [1] } },
                  properties: { a: { type: 'object', properties: { b: { type: 'array', items: { type: 'integer' } } } } },
                },
              },
            },
          },
        },
      },
      additionalPrinterColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
    },
    {
      name: 'v2',
      served: true,
      storage: false,
      deprecated: true,
      deprecationWarning: 'use v1',
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      subresources: { status: {} },
    },
  ],
  {
    conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.example/convert' } } },
  },
);

const alike = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: text } } } };
const twice = definition('twices', 'Twice', [alike, { ...alike, name: 'v2', storage: false }]);

export const definitions: readonly JsonObject[] = [thing, pair, twice];

/** The definition with one place replaced. */
function placed(whole: JsonObject, place: readonly (string | number)[], by: Json): JsonObject {
  const visit = (at: Json | undefined, [step, ...rest]: readonly (string | number)[]): Json => {
    if (step === undefined) return by;
    if (Array.isArray(at)) return at.map((item: Json, index) => (index === step ? visit(item, rest) : item));
    const map = isObject(at) ? at : {};
    return { ...map, [step]: visit(map[step], rest) };
  };
  return visit(whole, place) as JsonObject;
}

const version = ['spec', 'versions', 0];
const root = [...version, 'schema', 'openAPIV3Schema'];
const ofSpec = [...root, 'properties', 'spec', 'properties'];
const letters = [...'abcdefghij'];
const withoutSelection = placed(thing, [...version, 'selectableFields'], []);
const allFields = placed(withoutSelection, ['spec', 'preserveUnknownFields'], true);
const nested: Json = { type: 'array', items: { type: 'array', items: { type: 'string' } } };

/** Definitions that no server takes any more, as older ones may have left them. */
export const faulty: readonly JsonObject[] = [
  placed(placed(allFields, root, { properties: { spec: { properties: { a: {} } } } }), [...version, 'subresources'], {}),
  placed(allFields, [...version, 'schema'], null),
  placed(pair, ['spec', 'conversion', 'webhook', 'conversionReviewVersions'], ['v9']),
  placed(pair, ['spec', 'conversion', 'webhook', 'clientConfig', 'caBundle'], 'eA=='),
  letters.reduce(
    (whole, letter) => placed(whole, [...ofSpec, `s${letter}`], { type: 'string' }),
    placed(
      thing,
      [...version, 'selectableFields'],
      letters.map((letter) => ({ jsonPath: `.spec.s${letter}` })),
    ),
  ),
  placed(thing, [...ofSpec, 'slow'], {
    ...(nested as JsonObject),
    'x-kubernetes-validations': [rule('self.all(x, self.all(y, x == y))')],
  }),
  placed(pair, [...ofSpec, 'deep', 'default'], { zz: 1 }),
  placed(thing, ['spec', 'group'], 'x.k8s.io'),
  placed(thing, [...ofSpec, 'set', 'items'], { type: 'object', nullable: true }),
  placed(thing, [...ofSpec, 'list', 'items', 'required'], []),
  placed(thing, [...ofSpec, 'a', 'type'], 'text'),
];

/** A change of one place. */
export interface Change {
  /** Which place, counted in the order of the document; beyond the last, from the start again. */
  readonly place: number;
  /** The place gets this value, or, of an object, this field. */
  readonly by: Json;
  readonly key: string | undefined;
}

const odd: readonly Json[] = [
  '',
  'x',
  'A b',
  'Abc',
  0,
  7,
  true,
  false,
  ['x'],
  { x: 'y' },
  null,
  '.spec.b',
  'v1',
  'object',
  'string',
  'array',
];

/** Fields of schemas and of what surrounds them, with values that are right somewhere. */
const fields: readonly (readonly [string, Json])[] = [
  ...['string', 'object', 'array', 'integer', 'number', 'boolean', 'null', 'text', ''].map((type) => ['type', type] as const),
  ...[
    'x',
    'xxxxxxxxxxxxxxx',
    1,
    0,
    true,
    null,
    [],
    ['x'],
    [{ k: 'a' }, { k: 'a' }],
    [{ v: true }],
    {},
    { a: 'toolong' },
    { z: 1 },
    { a: 'b', c: 1 },
  ].map((value) => ['default', value as Json] as const),
  ['default', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'A b' } }],
  ['default', { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'b' } } }],
  ['default', { kind: 1 }],
  ...['[', '^a$', '(?<x>a)', 'a{1001}', '*'].map((pattern) => ['pattern', pattern] as const),
  ...['int32', 'date-time', 'odd', 'double', 'k8s-short-name'].map((format) => ['format', format] as const),
  ['items', { type: 'string' }],
  ['items', {}],
  ['items', [{ type: 'string' }]],
  ['items', { type: 'object', nullable: true, properties: { k: { type: 'string', nullable: true } } }],
  ['items', { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }],
  ['items', { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { k: { type: 'object' } } }],
  ['properties', { a: { type: 'string', description: 'd' } }],
  ['properties', { metadata: { type: 'object', properties: { labels: { type: 'object' } } } }],
  ['properties', { kind: { type: 'integer' }, apiVersion: {}, metadata: {} }],
  ['properties', { a: {} }],
  ['additionalProperties', true],
  ['additionalProperties', false],
  ['additionalProperties', { type: 'integer', default: 1 }],
  ['additionalProperties', {}],
  ['additionalItems', true],
  ['patternProperties', { a: { type: 'string' } }],
  ['definitions', { a: { type: 'nothing' } }],
  ['dependencies', { a: ['b'] }],
  ['$ref', '#/definitions/a'],
  ['$schema', 'http://json-schema.org'],
  ['id', 'x'],
  ['title', 't'],
  ['description', 'd'],
  ['nullable', true],
  ['uniqueItems', true],
  ['enum', ['a', 'b']],
  ['enum', [1, null]],
  ['maxLength', 1],
  ['maxItems', 0],
  ['maxItems', 1000000],
  ['maxProperties', 3],
  ['minimum', 5],
  ['required', ['a', 'zz']],
  ['externalDocs', { url: 'x' }],
  ['example', 'e'],
  ['not', { type: 'string' }],
  ['not', { required: ['q'], properties: { q: { minimum: 1 } } }],
  ['anyOf', [{ type: 'integer' }, { type: 'string' }]],
  ['anyOf', [{ type: 'string' }, { type: 'integer' }]],
  ['anyOf', [{ minimum: 1, default: 1, nullable: true, description: 'd', title: 't' }]],
  ['allOf', [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, { maxLength: 3 }]],
  ['allOf', [{ properties: { metadata: { required: ['x'] }, a: { pattern: '[' } }, additionalProperties: { minimum: 1 } }]],
  ['oneOf', [{ items: { maxLength: 1 } }, { 'x-kubernetes-validations': [{ rule: 'true' }], 'x-kubernetes-list-type': 'set' }]],
  ['oneOf', [{ not: { properties: { zz: {} } } }, { 'x-kubernetes-int-or-string': true, 'x-kubernetes-embedded-resource': true }]],
  ...['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string'].flatMap((key) => [
    [key, true] as const,
    [key, false] as const,
  ]),
  ...['atomic', 'set', 'map', 'bag', ''].map((type) => ['x-kubernetes-list-type', type] as const),
  ...['atomic', 'granular', 'odd'].map((type) => ['x-kubernetes-map-type', type] as const),
  ['x-kubernetes-list-map-keys', ['k']],
  ['x-kubernetes-list-map-keys', ['k', 'k', 'zz']],
  ...[
    { rule: 'true' },
    { rule: '' },
    { rule: '  ' },
    { rule: 'self' },
    { rule: 'self.' },
    { rule: 'self.a == "x" && self.b > 1' },
    { rule: 'self.zz == 1' },
    { rule: 'self == oldSelf' },
    { rule: 'self == oldSelf.orValue(self)', optionalOldSelf: true },
    { rule: 'true', optionalOldSelf: true },
    { rule: 'self.all(x, self.all(y, x != y))' },
    { rule: 'self.matches("a*")' },
    { rule: 'self.matches("[")' },
    { rule: 'self.size() > 0', message: 'a\nb' },
    { rule: 'self.size()\n > 0' },
    { rule: 'true', message: '  ' },
    { rule: 'true', messageExpression: '1' },
    { rule: 'true', messageExpression: ' ' },
    { rule: 'true', messageExpression: 'self.nothing' },
    { rule: 'true', messageExpression: '"a" + string(self)' },
    { rule: 'true', reason: 'Odd' },
    { rule: 'true', fieldPath: '.zz' },
    { rule: 'true', fieldPath: 'a' },
    { rule: 'true', fieldPath: ' ' },
    { rule: 'true', fieldPath: ".spec['a']" },
    { rule: 'false' },
    { rule: 'self.metadata.name.startsWith("a")' },
    { rule: 'duration(self) > duration("1h")' },
    { rule: 'isQuantity(self) && quantity(self).isGreaterThan(quantity("1"))' },
    { rule: 'type(self) == string' },
    { rule: 'self.exists_one(x, x == "a")' },
    { rule: 'self.a.contains(self.a) && self.a.replace("a", "b").size() > 1' },
  ].map((each) => ['x-kubernetes-validations', [each]] as const),
  [
    'x-kubernetes-validations',
    [
      { rule: 'self.a != ""', message: 'm' },
      { rule: 'self.a != "b"', reason: 'FieldValueInvalid' },
    ],
  ],
  ['selectableFields', [{ jsonPath: '.spec.b' }, { jsonPath: 'spec' }, { jsonPath: '' }]],
  ['selectableFields', [{ jsonPath: '.spec' }, { jsonPath: '.metadata.name' }, { jsonPath: ".spec['a']" }, { jsonPath: '.spec.a' }]],
  ['additionalPrinterColumns', [{ name: '', type: 'odd', format: 'odd', jsonPath: 'x' }]],
  ['subresources', { scale: { specReplicasPath: '.status.x', statusReplicasPath: 'x', labelSelectorPath: '.x' } }],
  ['subresources', { status: {} }],
  ['deprecationWarning', 'old'],
  ['deprecationWarning', ''],
  ['deprecated', true],
  ['preserveUnknownFields', true],
  ...[[], 0, '', 'x', true].map((items) => ['items', items] as const),
  ['minimum', 1.5],
  ['minimum', 1e20],
  ['maxLength', -1],
  ['maxProperties', -1],
  ['multipleOf', 0.5],
  ['required', ['']],
  ['shortNames', ['A', 'b c']],
  ['categories', ['all', 'A']],
  ['listKind', 'Thing'],
  ['conversion', { strategy: 'Webhook' }],
  ['conversion', { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } }],
  [
    'conversion',
    {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v9', 'v9', 'V'], clientConfig: { service: { name: 'a', namespace: '', path: 'x' } } },
    },
  ],
  ['caBundle', 'eA=='],
  ['annotations', { 'api-approved.kubernetes.io': 'https://a.example/1' }],
  ['group', 'x.k8s.io'],
  ['finalizers', ['x']],
  ['name', 'v2'],
];

export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ place: fc.nat(140), by: fc.constantFrom(...odd), key: fc.constant(undefined) }) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(140), fc.constantFrom(...fields)).map(([place, [key, by]]) => ({ place, by, key })),
  },
);

/** The definition with changes made; places beyond its own are counted from the start again. */
export function changed(whole: JsonObject, changes: readonly Change[]): JsonObject {
  let result: Json = whole;
  for (const each of changes) result = applied(result, each);
  return result as JsonObject;
}

function applied(whole: Json, { place, by, key }: Change): Json {
  const hits = (at: Json) => key === undefined || isObject(at);
  let left = place % count(whole, hits);
  const visit = (at: Json): Json => {
    if (hits(at) && left-- === 0) return key === undefined ? by : { ...(at as JsonObject), [key]: by };
    if (Array.isArray(at)) return at.map((item: Json) => visit(item));
    if (!isObject(at)) return at;
    return Object.fromEntries(Object.entries(at).map(([name, item]) => [name, visit(item ?? null)]));
  };
  return visit(whole);
}

function count(value: Json, hits: (value: Json) => boolean): number {
  const parts: readonly Json[] = Array.isArray(value) ? value : isObject(value) ? Object.values(value).map((item) => item ?? null) : [];
  return parts.reduce((sum: number, part) => sum + count(part, hits), hits(value) ? 1 : 0);
}

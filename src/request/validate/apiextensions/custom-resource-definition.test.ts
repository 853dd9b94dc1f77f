// What the server says of a definition's schema, as rows: the schema of `spec` and the causes. And what an update need not answer for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../../kube/schema/load.ts';
import { featuresOf } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, fieldErrorBody } from '../../fields/error.ts';
import { memoryStore } from '../../store/store.ts';
import type { ValidationContext } from '../validator.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';

await loadSchemas('1.36');
const context: ValidationContext = {
  version: '1.36',
  features: featuresOf('1.36'),
  apiVersion: 'apiextensions.k8s.io/v1',
  state: memoryStore(),
  allowPrivileged: true,
  serviceClusterIpRanges: [],
  nodePortRange: [30000, 32767],
  dryRun: false,
  now: '2030-01-02T03:04:05Z',
  username: 'root',
};

function definition(spec: Json, more: JsonObject = {}, versions = ['v1']): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  return {
    metadata: { name: 'things.x.example', resourceVersion: '1' },
    spec: {
      group: 'x.example',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      conversion: { strategy: 'None' },
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, schema: { openAPIV3Schema } })),
      ...more,
    },
    status: { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] },
  };
}

const shared = 'spec.validation.openAPIV3Schema.properties[spec]';

function said(errors: readonly FieldError[]): readonly string[] {
  return errors.map((error) => `${error.field.replace(shared, '')}: ${fieldErrorBody(error)}`);
}

const rule = (words: string, more: JsonObject = {}): Json => ({ 'x-kubernetes-validations': [{ rule: words, ...more }] });
const shownRule = (words: string) =>
  `{"Rule":${JSON.stringify(words)},"Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
const text = { type: 'string' };
const advice = 'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';

const creates: readonly (readonly [string, JsonObject, readonly string[]])[] = [
  ['a text', text, []],
  ['no type', {}, ['.type: Required value: must not be empty for specified object fields']],
  ['a list of nothing', { type: 'array' }, ['.items: Required value: must be specified']],
  ['a number or text, as intended', { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
  [
    'a number or text in the other order',
    { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ['.anyOf[0].type: Forbidden: must be empty to be structural', '.anyOf[1].type: Forbidden: must be empty to be structural'],
  ],
  [
    'a pattern that is none',
    { ...text, pattern: '[' },
    ['.pattern: Invalid value: "[": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ]: `[`'],
  ],
  [
    'a default of another type',
    { ...text, default: 1 },
    ['.default: Invalid value: "integer":  in body must be of type string: "integer"'],
  ],
  [
    'a default with a field that is not known',
    { type: 'object', default: { b: 1, a: 'x' }, properties: { a: text } },
    ['.default: Invalid value: {"a":"x","b":1}: must not have unknown fields'],
  ],
  [
    'a default that breaks a rule',
    { ...text, default: 'x', ...(rule("self == 'y'") as JsonObject) },
    [`.default: Invalid value: "x": failed rule: self == 'y'`],
  ],
  [
    'a set of objects',
    { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } },
    ['.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set'],
  ],
  [
    'a map whose key may be missing',
    {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: text } },
    },
    [
      '.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
  ],
  ['a rule that holds', { ...text, maxLength: 3, ...(rule('self.size() < 3') as JsonObject) }, []],
  [
    'a rule of no truth',
    { ...text, ...(rule('self') as JsonObject) },
    [`.x-kubernetes-validations[0].rule: Invalid value: ${shownRule('self')}: cel expression must evaluate to a bool`],
  ],
  [
    'a rule on old values that cannot be told',
    { type: 'array', maxItems: 1, items: { type: 'integer', ...(rule('self == oldSelf') as JsonObject) } },
    [
      `.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${shared}`,
    ],
  ],
  [
    'a rule that may cost too much',
    { type: 'array', items: { ...text, ...(rule("self.contains('a')") as JsonObject) } },
    [
      `.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (${advice})`,
      '.items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      `spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (${advice})`,
    ],
  ],
  [
    'a message on two lines',
    { ...text, ...(rule('true', { message: 'a\nb' }) as JsonObject) },
    ['.x-kubernetes-validations[0].message: Invalid value: "a\\nb": must not contain line breaks'],
  ],
];
for (const [words, schema, expected] of creates)
  test(`a definition with ${words}`, () => {
    assert.deepEqual(said(customResourceDefinition.create(definition(schema), context)), expected);
  });

test('what versions do not share is told by version', () => {
  const whole = definition({}, {}, ['v1', 'v2']);
  const [first, second] = (whole.spec as JsonObject).versions as readonly JsonObject[];
  const schema = { openAPIV3Schema: { type: 'object' } };
  const mixed = { ...whole, spec: { ...(whole.spec as JsonObject), versions: [first ?? {}, { ...second, schema }] } };
  const fields = (object: JsonObject) => customResourceDefinition.create(object, context).map(({ field }) => field);
  assert.deepEqual(fields(whole), [`${shared}.type`]);
  assert.deepEqual(fields(mixed), ['spec.versions[0].schema.openAPIV3Schema.properties[spec].type']);
});

const ratchets: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['an odd type', { type: 'text' }, { type: 'text', title: 't' }],
  [
    'a set of objects',
    { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } },
    { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', title: 't' } },
  ],
  ['a default with a field that is not known', { type: 'object', default: { b: 1 } }, { type: 'object', default: { b: 1 }, title: 't' }],
];
for (const [words, stored, sent] of ratchets)
  test(`an update may keep ${words}`, () => {
    assert.notDeepEqual(customResourceDefinition.create(definition(sent), context), []);
    assert.deepEqual(customResourceDefinition.update(definition(sent), definition(stored), context, ''), []);
  });

test('an update may keep a costly rule in a schema that does not change', () => {
  const costly = { ...text, ...(rule("self.contains(self) && self.contains('a')") as JsonObject) };
  const now = definition(costly, { scope: 'Namespaced' });
  const first = (errors: readonly FieldError[]) => errors.filter(({ detail }) => detail.startsWith('estimated rule cost')).length;
  assert.equal(first(customResourceDefinition.update(now, definition(text), context, '')), 1);
  assert.equal(first(customResourceDefinition.update(now, now, context, '')), 0);
});

test('formats that nobody knows are warned of once', () => {
  const odd = definition({ ...text, format: 'odd' });
  assert.deepEqual(customResourceDefinition.warnings?.(odd, undefined, context, ''), ['unrecognized format "odd"']);
  assert.deepEqual(customResourceDefinition.warnings?.(odd, odd, context, ''), []);
});

test('a schema of any depth is judged', () => {
  const nest = (inner: Json, around: (inner: Json) => Json) => {
    let deep = inner;
    for (let left = 6000; left > 0; left--) deep = around(deep);
    return deep;
  };
  const whole = () => {
    const deep = nest(text, (a) => ({ type: 'object', properties: { a } }));
    const value = nest('x', (a) => ({ a }));
    return definition({ type: 'object', default: value, properties: { a: deep } }, {}, ['v1', 'v2']);
  };
  assert.doesNotThrow(() => customResourceDefinition.create(whole(), context));
  assert.doesNotThrow(() => customResourceDefinition.update(whole(), whole(), context, ''));
});

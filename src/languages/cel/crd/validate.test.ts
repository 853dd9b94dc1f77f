import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../lib/json.ts';
import { kubernetesEnvironment } from '../kubernetes.ts';
import type { Data } from './adapt.ts';
import { escapeName, unescapeName } from './escape.ts';
import { fieldErrorText } from './field-error.ts';
import { compileSchema, validate } from './validate.ts';

const replicas = {
  type: 'object',
  properties: {
    replicas: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may only grow' }] },
    name: { type: 'string', 'x-kubernetes-validations': [{ rule: "self.startsWith('a')", messageExpression: "'not ' + self" }] },
  },
  'x-kubernetes-validations': [{ rule: "self.replicas > 2 || self.name == 'a'", fieldPath: '.replicas', reason: 'FieldValueForbidden' }],
};

function errors(schema: JsonObject, value: Data, old?: Data): readonly string[] {
  const validator = compileSchema(schema, false, kubernetesEnvironment());
  return validate(validator, { value, ...(old !== undefined && { old }), path: 'spec', budget: 10_000_000 }).errors.map(fieldErrorText);
}

const rows: readonly (readonly [string, Data, Data | undefined, readonly string[]])[] = [
  ['what keeps every rule has no errors', { replicas: 3, name: 'a' }, undefined, []],
  [
    'a rule on the object reports at its field path with its reason',
    { replicas: 1, name: 'ab' },
    undefined,
    ["spec.replicas: Forbidden: failed rule: self.replicas > 2 || self.name == 'a'"],
  ],
  [
    'a transition rule runs on updates only',
    { replicas: 3, name: 'a' },
    { replicas: 5, name: 'a' },
    ['spec.replicas: Invalid value: 3: may only grow'],
  ],
  ['a message expression writes the message', { replicas: 3, name: 'b' }, undefined, ['spec.name: Invalid value: "b": not b']],
];

for (const [name, value, old, expected] of rows) test(name, () => assert.deepEqual(errors(replicas, value, old), expected));

test('a rule that does not compile is an error of every value it stands on', () => {
  const schema = { type: 'string', 'x-kubernetes-validations': [{ rule: 'self > 1' }] };
  assert.match(errors(schema, 'a')[0] ?? '', /rule compile error: compilation failed: ERROR: <input>:1:6: found no matching overload/);
});

test('names escape and come back', () => {
  for (const name of ['a', 'f/2', 'a.b-c', 'namespace', 'a__b', '_x']) assert.equal(unescapeName(escapeName(name) ?? ''), name);
  for (const name of ['', '1a', 'a@b', 'ä']) assert.equal(escapeName(name), undefined);
});

test('a property named __proto__ or constructor is a property', () => {
  const schema = JSON.parse(
    '{"type":"object","properties":{"constructor":{"type":"string"}},"x-kubernetes-validations":[{"rule":"self.constructor == \'x\'"}]}',
  );
  assert.deepEqual(errors(schema, JSON.parse('{"constructor":"x","__proto__":{"y":1}}')), []);
});

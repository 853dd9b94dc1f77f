import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { AdmissionContext, AdmissionInput } from '../admission.ts';
import { admissionRequest } from '../admission-request.ts';
import { compilePolicies } from '../compile.ts';
import { policySet } from '../policy-set.ts';
import { validate } from '../verdict.ts';

const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] };

function policy(spec: JsonObject, name = 'p'): KubeObject {
  const constraints = { matchConstraints: { resourceRules: [rule] } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { ...constraints, ...spec },
  };
}

function binding(spec: JsonObject = {}, name = 'b'): KubeObject {
  const whole = { policyName: 'p', validationActions: ['Deny'], ...spec };
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: whole };
}

function input(object: Json = { metadata: { name: 'd' }, spec: { replicas: 9 } }, rest: Partial<AdmissionInput> = {}): AdmissionInput {
  return {
    operation: 'CREATE',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    subResource: '',
    name: 'd',
    namespace: 'shop',
    object,
    oldObject: null,
    userInfo: { username: 'jane' },
    dryRun: false,
    ...rest,
  };
}

const context: AdmissionContext = { namespace: (name) => ({ metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } }) };
const ask = (objects: readonly KubeObject[], given = input(), ports = context) =>
  validate(policySet(compilePolicies(objects)), admissionRequest(given, ports));

const few = { validations: [{ expression: 'object.spec.replicas <= 5', message: 'at most five' }] };

const cases: readonly (readonly [says: string, objects: readonly KubeObject[], given: AdmissionInput, answer: string])[] = [
  ['a rule that does not hold refuses', [policy(few), binding()], input(), "422 Invalid with binding 'b' denied request: at most five"],
  ['a rule that holds admits', [policy(few), binding()], input({ spec: { replicas: 1 } }), 'admitted'],
  ['a policy without a binding judges nothing', [policy(few)], input(), 'admitted'],
  [
    'another resource is not matched',
    [policy(few), binding()],
    input(undefined, { resource: { group: 'apps', version: 'v1', resource: 'statefulsets' } }),
    'admitted',
  ],
  ['a subresource is not the resource', [policy(few), binding()], input(undefined, { subResource: 'scale' }), 'admitted'],
  [
    'the reason decides the status',
    [policy({ validations: [{ expression: 'false', reason: 'Forbidden' }] }), binding()],
    input(),
    "403 Forbidden with binding 'b' denied request: failed expression: false",
  ],
  [
    'an expression that fails refuses',
    [policy({ validations: [{ expression: 'object.spec.none == 1' }] }), binding()],
    input(),
    "422 Invalid with binding 'b' denied request: expression 'object.spec.none == 1' resulted in error: no such key: none",
  ],
  [
    'unless failures are ignored',
    [policy({ failurePolicy: 'Ignore', validations: [{ expression: 'object.spec.none == 1' }] }), binding()],
    input(),
    'admitted',
  ],
  [
    'a message expression of two lines gives way to the message',
    [policy({ validations: [{ expression: 'false', message: 'short', messageExpression: "'a\\nb'" }] }), binding()],
    input(),
    "422 Invalid with binding 'b' denied request: short",
  ],
  [
    'a match condition that is false means no match',
    [policy({ ...few, matchConditions: [{ name: 'c', expression: "request.userInfo.username != 'jane'" }] }), binding()],
    input(),
    'admitted',
  ],
  [
    'a namespace that a binding does not select is left alone',
    [policy(few), binding({ matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } } })],
    input(),
    'admitted',
  ],
  [
    'a paramKind that nobody serves refuses everything matched',
    [
      policy({ ...few, paramKind: { apiVersion: 'none.example/v1', kind: 'Nothing' } }),
      binding({ matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } } }),
    ],
    input(),
    "422 Invalid denied request: failed to configure policy: failed to find resource referenced by paramKind: 'none.example/v1, Kind=Nothing'",
  ],
  [
    'policies are never judged',
    [
      policy({
        matchConstraints: { resourceRules: [{ ...rule, apiGroups: ['*'], resources: ['*'] }] },
        validations: [{ expression: 'false' }],
      }),
      binding(),
    ],
    input(undefined, { kind: { group: 'admissionregistration.k8s.io', version: 'v1', kind: 'ValidatingAdmissionPolicy' } }),
    'admitted',
  ],
];

for (const [says, objects, given, answer] of cases)
  test(says, () => {
    const { refusal } = ask(objects, given);
    const found =
      refusal === undefined
        ? 'admitted'
        : `${refusal.code} ${refusal.reason}${refusal.message.replace(/^.*ValidatingAdmissionPolicy 'p'/, '')}`;
    assert.equal(found, answer);
  });

test('a binding warns and audits as it says', () => {
  const { allowed, warnings, auditAnnotations } = ask([policy(few), binding({ validationActions: ['Warn', 'Audit'] })]);
  assert.equal(allowed, true);
  assert.deepEqual(warnings, ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': at most five"]);
  assert.deepEqual(JSON.parse(auditAnnotations['validation.policy.admission.k8s.io/validation_failure'] ?? ''), [
    { message: 'at most five', policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Warn', 'Audit'] },
  ]);
});

test('variables are evaluated once, however often they are named', () => {
  let asked = 0;
  const expression = "authorizer.group('').resource('pods').check('get').allowed()";
  const twice = policy({ variables: [{ name: 'may', expression }], validations: [{ expression: 'variables.may || variables.may' }] });
  ask([twice, binding()], input(), {
    ...context,
    authorize: () => {
      asked++;
      return { allowed: false, reason: '' };
    },
  });
  assert.equal(asked, 1);
});

test('names that every object has are fields and variables like others', () => {
  const spec = {
    variables: [{ name: 'constructor', expression: "'x'" }],
    validations: [{ expression: "variables.constructor == 'x' && !has(object.toString)" }],
  };
  assert.equal(ask([policy(spec), binding()]).allowed, true);
});

test('each parameter is judged by itself', () => {
  const limits = [1, 20].map((most) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `max-${most}`, labels: { limit: 'yes' } },
    data: { most: String(most) },
  }));
  const params = { scopeOf: () => 'Namespaced' as const, get: () => undefined, list: () => limits };
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    validations: [{ expression: 'object.spec.replicas <= int(params.data.most)', messageExpression: 'string(params.metadata.name)' }],
  };
  const { outcomes } = ask([policy(spec), binding({ paramRef: { selector: { matchLabels: { limit: 'yes' } } } })], input(), {
    ...context,
    params,
  });
  assert.deepEqual(
    outcomes.map(({ decision, message }) => [decision, message]),
    [
      ['deny', 'max-1'],
      ['allow', ''],
    ],
  );
});

test('why an expression is false is told when asked', () => {
  const [outcome] = ask([policy(few), binding()]).outcomes;
  assert.deepEqual(outcome?.why?.(), {
    expression: 'object.spec.replicas <= 5',
    value: false,
    parts: [{ expression: 'object.spec.replicas', value: 9 }],
  });
});

test('among a thousand bindings those of other namespaces are not looked at', () => {
  const others = Array.from({ length: 1000 }, (_, index) =>
    binding({ matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `n${index}` } } } }, `other-${index}`),
  );
  const set = policySet(compilePolicies([policy(few), binding(), ...others]));
  assert.equal(validate(set, admissionRequest(input(), context)).outcomes.length, 1);
  assert.equal(validate(set, admissionRequest(input(undefined, { namespace: 'n7' }), context)).outcomes.length, 2);
});

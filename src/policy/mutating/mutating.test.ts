import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atomOf } from '../../kube/apply/atom.ts';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { AdmissionContext, AdmissionInput } from '../admission.ts';
import { admissionRequest } from '../admission-request.ts';
import { compilePolicies } from '../compile.ts';
import { policySet } from '../policy-set.ts';
import { mutateTwice } from './mutate.ts';

const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] };

function policy(mutations: readonly JsonObject[], spec: JsonObject = {}, name = 'm'): readonly KubeObject[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const whole = { matchConstraints: { resourceRules: [rule] }, mutations, reinvocationPolicy: 'Never', ...spec };
  return [
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec: whole },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name: `${name}-b` }, spec: { policyName: name } },
  ];
}

const apply = (expression: string): JsonObject => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string): JsonObject => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'a', image: 'x' }] } } },
};

async function ask(objects: readonly KubeObject[], object: Json = deployment) {
  const release = await loadSchemas('1.36');
  const schema = release?.schemaOf('apps/v1', 'Deployment');
  const context: AdmissionContext = { namespace: (name) => ({ metadata: { name } }), typeOf: () => schema && atomOf(schema) };
  const input: AdmissionInput = {
    operation: 'CREATE',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    subResource: '',
    name: 'd',
    namespace: 'shop',
    object,
    oldObject: null,
    userInfo: {},
    dryRun: false,
  };
  return mutateTwice(policySet(compilePolicies(objects)), admissionRequest(input, context));
}

test('an apply configuration merges lists by key and keeps what it does not name', async () => {
  const expression =
    "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: 'b', image: 'y'}]}}}}";
  const { object } = await ask(policy([apply(expression)]));
  assert.deepEqual(object, {
    ...deployment,
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'x' },
            { name: 'b', image: 'y' },
          ],
        },
      },
    },
  });
});

const refused: readonly (readonly [says: string, mutation: JsonObject, message: RegExp])[] = [
  [
    'atomic lists may not be set',
    apply("Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {'a': 'b'}}}}"),
    /may not mutate atomic .*: \.spec\.selector$/,
  ],
  [
    'types are named by their place',
    apply('Object{spec: Object.wrong{replicas: 2}}'),
    /unexpected type name "Object.wrong", expected "Object.spec"/,
  ],
  [
    'a patch that does not apply fails',
    patch("[JSONPatch{op: 'remove', path: '/none'}]"),
    /JSON Patch: error in remove for path: '\/none': Unable to remove nonexistent key: none: missing value$/,
  ],
  ['a wrong type of expression fails', patch("'text'"), /must evaluate to list\(JSONPatch\) but got string$/],
];

for (const [says, mutation, message] of refused)
  test(says, async () => {
    const { refusal } = await ask(policy([mutation]));
    assert.equal(refusal?.code, 403);
    assert.equal(refusal?.reason, 'Invalid');
    assert.match(refusal?.message ?? '', message);
    assert.equal((await ask(policy([mutation], { failurePolicy: 'Ignore' }))).refusal, undefined);
  });

test('a failing test of a JSON patch changes nothing, without a word', async () => {
  const { object, refusal } = await ask(
    policy([patch("[JSONPatch{op: 'test', path: '/spec/replicas', value: 2}, JSONPatch{op: 'remove', path: '/spec'}]")]),
  );
  assert.equal(refusal, undefined);
  assert.deepEqual(object, deployment);
});

test('a policy that asks for it runs again after another one changed the object', async () => {
  const count = "[JSONPatch{op: 'replace', path: '/spec/replicas', value: object.spec.replicas + 1}]";
  const label = "has(object.metadata.labels) ? [] : [JSONPatch{op: 'add', path: '/metadata/labels', value: {'a': 'b'}}]";
  const other = policy([patch(label)], {}, 'n');
  const replicas = async (reinvocationPolicy: string) => {
    const { object } = await ask([...policy([patch(count)], { reinvocationPolicy }), ...other]);
    return (object as { readonly spec: { readonly replicas: number } }).spec.replicas;
  };
  assert.equal(await replicas('Never'), 2);
  assert.equal(await replicas('IfNeeded'), 3);
});

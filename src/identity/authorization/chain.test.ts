import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { request } from '../rules.ts';
import { type AskWebhook, decide, readWebhookAnswer } from './chain.ts';
import { readAuthorizationConfiguration, readAuthorizationModes } from './configuration.ts';

const group = 'rbac.authorization.k8s.io';
const objects = [
  {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'pods' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'pods' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'pods' },
    subjects: [{ kind: 'User', apiGroup: group, name: 'jane' }],
  },
];
const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });

const read = (...authorizers: readonly unknown[]) =>
  readAuthorizationConfiguration(
    { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers },
    'authz.yaml',
  );
const webhook = (name: string, failurePolicy: string, ...expressions: readonly string[]) => ({
  type: 'Webhook',
  name,
  webhook: { failurePolicy, matchConditions: expressions.map((expression) => ({ expression })) },
});
const rbac = { type: 'RBAC', name: 'rbac' };

function answer(chain: readonly unknown[], ask?: AskWebhook, name = 'jane', groups: readonly string[] = []): string {
  const { authorizers, problems } = read(...chain);
  assert.deepEqual(problems, []);
  const question = {
    user: { name, groups, uid: '', extra: {} },
    wanted: request('get', '', 'pods', { namespace: 'shop' }),
    isResourceRequest: true,
    apiVersion: 'v1',
  };
  const found = decide(state, authorizers, question, ask === undefined ? {} : { ask });
  const rest = found.notModelled.length === 0 ? '' : ` (not modelled: ${found.notModelled})`;
  return `${found.decision} by ${found.authorizer}${found.error === '' ? '' : `: ${found.error}`}${rest}`;
}

const denies: AskWebhook = () => ({ allowed: false, denied: true, reason: 'no' });
const allows: AskWebhook = () => ({ allowed: true, denied: false, reason: '' });
const breaks: AskWebhook = () => ({ error: 'unreachable' });

describe('the first that allows or denies decides', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['RBAC alone', answer([rbac]), 'allow by rbac'],
    ['a webhook before it that denies', answer([webhook('w', 'Deny'), rbac], denies), 'deny by w'],
    ['one after it is not asked', answer([rbac, webhook('w', 'Deny')], denies), 'allow by rbac'],
    ['one after it allows what RBAC does not', answer([rbac, webhook('w', 'Deny')], allows, 'joe'), 'allow by w'],
    ['one that cannot be asked and may not matter', answer([webhook('w', 'NoOpinion'), rbac], breaks), 'allow by rbac'],
    ['one that cannot be asked and must be', answer([webhook('w', 'Deny'), rbac], breaks), 'deny by w: unreachable'],
    ['one whose condition is false', answer([webhook('w', 'Deny', "request.user == 'x'"), rbac], denies), 'allow by rbac'],
    [
      'a false condition counts before a broken one',
      answer([webhook('w', 'Deny', 'request.nonResourceAttributes.path == "/"', 'false'), rbac]),
      'allow by rbac',
    ],
    ['without somebody to ask it is named', answer([webhook('w', 'Deny'), rbac]), 'allow by rbac (not modelled: w)'],
    ['system:masters comes before all', answer([webhook('w', 'Deny')], denies, 'x', ['system:masters']), 'allow by system:masters'],
    ['nobody', answer([rbac], undefined, 'joe'), 'no opinion by undefined'],
  ];
  for (const [what, found, expected] of rows) test(what, () => assert.equal(found, expected));
});

describe('configurations the server would not start with', () => {
  const rows: readonly (readonly [string, readonly unknown[], RegExp])[] = [
    ['none', [], /at least one/],
    ['a name twice', [rbac, { type: 'Node', name: 'rbac' }], /name of its own/],
    ['a type twice', [rbac, { type: 'RBAC', name: 'b' }], /Duplicate/],
    ['an unknown type', [{ type: 'X', name: 'x' }], /no authorizer of this type/],
    ['a webhook without a policy', [webhook('w', '')], /failurePolicy/],
    ['a condition that is no expression', [webhook('w', 'Deny', 'request.')], /matchConditions\[0\]/],
    ['a condition over what a review does not have', [webhook('w', 'Deny', 'request.nothing')], /undefined field/],
    ['something else', [5], /no authorizer/],
  ];
  for (const [what, authorizers, message] of rows)
    test(what, () =>
      assert.match(
        read(...authorizers)
          .problems.map((one) => one.message)
          .join('\n'),
        message,
      ),
    );
});

test('modes of the flag', () => {
  assert.deepEqual(
    readAuthorizationModes('Node,RBAC,Webhook').authorizers.map(({ kind }) => kind),
    ['Node', 'RBAC', 'Webhook'],
  );
  assert.equal(readAuthorizationModes('Nodes').problems.length, 1);
});

test('an answer that is no review is an error', () => {
  assert.ok('error' in readWebhookAnswer('garbage'));
  const good = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', status: { allowed: true } };
  assert.deepEqual(readWebhookAnswer(good), { allowed: true, denied: false, reason: '' });
});

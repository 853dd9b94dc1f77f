import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { type RecordedRequest, recordedRequests } from './audit-requests.ts';
import { minimalRules } from './minimize.ts';
import { rbacPlan } from './plan.ts';
import { requestInfo } from './request-info.ts';
import { type PolicyRule, type RequestAttributes, request, ruleAllows } from './rules.ts';

const shown = ({ verb, apiGroup, resource, subresource, namespace, name, path }: RequestAttributes) =>
  resource === ''
    ? `${verb} ${path}`
    : `${verb} ${apiGroup}/${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace}:${name}`;

describe('a request line asks for', () => {
  const table: readonly [method: string, url: string, asks: string][] = [
    ['GET', '/api/v1/namespaces/shop/pods/web/log?follow=true', 'get /pods/log shop:web'],
    ['GET', '/api/v1/namespaces/shop/pods?watch', 'watch /pods shop:'],
    ['GET', '/api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Ddb', 'list /secrets shop:db'],
    ['GET', '/api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Ddb&limit=x', 'list /secrets shop:'],
    ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale', 'patch apps/deployments/scale shop:web'],
    ['DELETE', '/apis/apps/v1/namespaces/shop/deployments', 'deletecollection apps/deployments shop:'],
    ['PUT', '/api/v1/namespaces/shop/status', 'update /namespaces/status shop:shop'],
    ['POST', '/api/v1/namespaces/shop/pods/web/exec?command=sh', 'create /pods/exec shop:web'],
    ['HEAD', '/metrics?a=b', 'head /metrics'],
    ['GET', '/apis/apps/v1', 'get /apis/apps/v1'],
    ['GET', '/api/v1/%zz/x', 'get /%zz :x'],
  ];
  for (const [method, url, asks] of table) test(`${method} ${url}`, () => assert.equal(shown(requestInfo(method, url)), asks));
});

const event = (more: JsonObject = {}): JsonObject => ({
  kind: 'Event',
  auditID: '1',
  stage: 'ResponseComplete',
  verb: 'get',
  requestURI: '/api/v1/namespaces/shop/pods/web?x=y',
  user: { username: 'jane', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web' },
  responseStatus: { code: 200 },
  ...more,
});

describe('an audit log holds requests', () => {
  const one = 'jane yes get /pods shop:web';
  const google: JsonObject = {
    protoPayload: {
      authenticationInfo: { principalEmail: 'jane@example.com' },
      methodName: 'io.k8s.apps.v1.deployments.scale.patch',
      resourceName: 'apps/v1/namespaces/shop/deployments/web/scale',
      authorizationInfo: [{ granted: true }],
    },
  };
  const table: readonly [says: string, value: unknown, expected: readonly string[]][] = [
    ['as single events', event(), [one]],
    ['in an EventList', { kind: 'EventList', items: [event(), event()] }, [one, one]],
    ['in an export of CloudWatch', { events: [{ message: JSON.stringify(event()) }] }, [one]],
    ['in a log query of CloudWatch', { results: [{ '@message': JSON.stringify(event()) }] }, [one]],
    ['in an export of Azure Monitor', { records: [{ category: 'kube-audit', properties: { log: JSON.stringify(event()) } }] }, [one]],
    ["in Google Cloud's form", google, ['jane@example.com yes patch apps/deployments/scale shop:web']],
    [
      'refused by Google Cloud',
      { protoPayload: { ...(google.protoPayload as JsonObject), status: { code: 7 } } },
      ['jane@example.com no patch apps/deployments/scale shop:web'],
    ],
    [
      'of whom was impersonated, and the right to become it',
      event({ impersonatedUser: { username: 'bob', groups: ['dev', 'system:authenticated'], extra: { 'a.b/c': ['d'] } } }),
      [
        'bob yes get /pods shop:web',
        'jane yes impersonate /users :bob',
        'jane yes impersonate /groups :dev',
        'jane yes impersonate authentication.k8s.io/userextras/a.b/c :d',
      ],
    ],
    [
      'of an impersonated service account, whose groups nobody asks for',
      event({
        impersonatedUser: {
          username: 'system:serviceaccount:shop:web',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
        },
      }),
      ['system:serviceaccount:shop:web yes get /pods shop:web', 'jane yes impersonate /serviceaccounts shop:web'],
    ],
    [
      'of constrained impersonation, in its mode',
      event({
        impersonatedUser: { username: 'bob', groups: ['a', 'b', 'c', 'd', 'system:authenticated'] },
        authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
      }),
      [
        'bob yes get /pods shop:web',
        'jane yes impersonate-on:user-info:get /pods shop:web',
        'jane yes impersonate:user-info authentication.k8s.io/users :bob',
        ...['a', 'b', 'c', 'd'].map((group) => `jane yes impersonate:user-info authentication.k8s.io/groups :${group}`),
      ],
    ],
    [
      "as rows of Azure Monitor's tables",
      [
        {
          AuditId: '1',
          Verb: 'get',
          Stage: 'ResponseComplete',
          User: JSON.stringify({ username: 'jane' }),
          ObjectRef: { resource: 'pods', namespace: 'shop', name: 'web' },
          ResponseStatus: '{"code":403}',
        },
      ],
      ['jane no get /pods shop:web'],
    ],
    ['as CloudWatch Logs Insights prints rows', { results: [[{ field: '@message', value: JSON.stringify(event()) }]] }, [one]],
    ['that were refused', event({ responseStatus: { code: 403 } }), ['jane no get /pods shop:web']],
    [
      'refused later by admission',
      event({ responseStatus: { code: 403 }, annotations: { 'authorization.k8s.io/decision': 'allow' } }),
      [one],
    ],
    ['not those without a user', event({ responseStatus: { code: 401 } }), []],
    ['not yet authorized ones', event({ stage: 'RequestReceived' }), []],
    ['creations without a name', event({ verb: 'create' }), ['jane yes create /pods shop:']],
    [
      'an apply that created, which needs create',
      event({ verb: 'patch', responseStatus: { code: 201 } }),
      ['jane yes patch /pods shop:web', 'jane yes create /pods shop:web'],
    ],
    ['paths', event({ objectRef: null, requestURI: '/metrics?a=b' }), ['jane yes get /metrics?a=b']],
    ['nothing of other shapes', [null, 1, 'x', { items: 'x' }, { message: '{' }, { auditID: 1, verb: 2 }], []],
  ];
  const text = ({ user, wanted, allowed }: RecordedRequest) => `${user.name} ${allowed ? 'yes' : 'no'} ${shown(wanted)}`;
  for (const [says, value, expected] of table) test(says, () => assert.deepEqual(recordedRequests(value).map(text), expected));

  test('nesting ends', () => {
    let nested: unknown = event();
    for (let depth = 0; depth < 50; depth++) nested = [nested];
    assert.deepEqual(recordedRequests(nested), []);
  });
});

describe('the least rules', () => {
  const narrow = { verbs: false, names: false, namespaces: false };
  const text = (rules: readonly PolicyRule[]) =>
    rules.map(({ verbs, resources, resourceNames }) => `${verbs} ${resources} ${resourceNames}`.trim());
  const pod = (verb: string, name: string, namespace = 'shop') => request(verb, '', 'pods', { namespace, name });
  const table: readonly [says: string, requests: readonly RequestAttributes[], widening: typeof narrow, expected: readonly string[]][] = [
    ['name what was named', [pod('get', 'a'), pod('get', 'b')], narrow, ['shop get pods a,b']],
    ['put verbs together', [pod('get', 'a'), pod('delete', 'a')], narrow, ['shop delete,get pods a']],
    ['skip what a wider request gives', [pod('get', 'a'), pod('get', '')], narrow, ['shop get pods']],
    ['any name where asked', [pod('get', 'a'), pod('get', 'b')], { ...narrow, names: true }, ['shop get pods']],
    ['one name stays one', [pod('get', 'a')], { ...narrow, names: true }, ['shop get pods a']],
    ['the whole cluster where asked', [pod('get', 'a'), pod('get', 'a', 'bank')], { ...narrow, namespaces: true }, [' get pods a']],
    ['families of verbs where asked', [pod('list', '')], { ...narrow, verbs: true }, ['shop get,list,watch pods']],
  ];
  for (const [says, requests, widening, expected] of table)
    test(says, () => {
      const made = minimalRules(requests, () => false, widening);
      assert.deepEqual(
        [...made].flatMap(([namespace, rules]) => text(rules).map((line) => `${namespace} ${line}`)),
        expected,
      );
      for (const wanted of requests)
        assert.ok([...(made.get('') ?? []), ...(made.get(wanted.namespace) ?? [])].some((one) => ruleAllows(one, wanted)));
    });
});

test('a plan leaves out whom roles do not limit, names them, and replays the rest', () => {
  const log = [
    event(),
    event({ user: { username: 'root', groups: ['system:masters'] } }),
    event({ user: { username: 'system:node:a', groups: ['system:nodes'] } }),
    event({ user: { username: 'system:kube-scheduler', groups: [] } }),
    event({ user: { username: 'system:serviceaccount:shop:web', groups: ['system:authenticated'] } }),
  ];
  const plan = rbacPlan(recordedRequests(log), { widening: { verbs: false, names: false, namespaces: false } });
  assert.deepEqual(
    plan.skipped.map(({ user }) => user),
    ['root', 'system:kube-scheduler', 'system:node:a'],
  );
  assert.deepEqual(plan.replay, { requests: 2, denied: [] });
  assert.deepEqual(
    plan.bindings.map((binding) => binding.subjects),
    [[{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }], [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }]],
  );
});

describe('a plan beside the RBAC as it is', () => {
  const rbac = 'rbac.authorization.k8s.io';
  const role = (name: string, verbs: readonly string[]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name, namespace: 'shop' },
    rules: [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs }],
  });
  const binding = (name: string, role_: string, ...subjects: readonly string[]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'shop' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: role_ },
    subjects: subjects.map((text) => ({ apiGroup: rbac, kind: text.split(' ')[0] ?? '', name: text.split(' ')[1] ?? '' })),
  });
  const plan = (...objects: readonly KubeObject[]) =>
    rbacPlan(
      [{ user: { name: 'jane', groups: ['dev'] }, wanted: request('get', '', 'pods', { namespace: 'shop', name: 'a' }), allowed: true }],
      {
        widening: { verbs: false, names: false, namespaces: false },
        current: snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }),
      },
    );
  const closed = (made: ReturnType<typeof plan>) => made.closes.map(({ permission }) => permission);

  test('closes what only bindings of the user gave', () => {
    const made = plan(role('r', ['get', 'list']), binding('b', 'r', 'User jane'));
    assert.deepEqual([closed(made), made.roles.length], [['get secrets', 'list secrets'], 1]);
  });
  test('closes nothing that a group keeps, though the same binding names the user', () => {
    const made = plan(role('r', ['get', 'list']), binding('b', 'r', 'User jane', 'Group dev'));
    assert.deepEqual([closed(made), made.roles.length], [[], 0]);
  });
  test('takes copies of a binding for one', () => {
    const one = binding('b', 'r', 'User jane');
    assert.equal(closed(plan(role('r', ['get', 'list']), one, one)).length, 2);
  });
  test('replaces the roles of the plan before it', () => {
    const made = plan(role('minimal:jane', ['get', 'list']), binding('minimal:jane', 'minimal:jane', 'User jane'));
    assert.deepEqual(closed(made), ['get secrets', 'list secrets']);
    assert.deepEqual(made.replay, { requests: 1, denied: [] });
  });
});

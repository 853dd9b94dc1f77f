// Questions over objects of any shape: nothing throws, and what is no rule grants nothing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { can } from './access-review.ts';
import { recordedRequests } from './audit-requests.ts';
import { authenticate, usualSetup } from './authentication/authenticate.ts';
import { readAuthenticationConfiguration } from './authentication/configuration.ts';
import { readAuthorizationConfiguration } from './authorization/configuration.ts';
import { cloudIdentities } from './cloud/clouds.ts';
import { grantChanges } from './difference.ts';
import { escalationRefusal } from './escalation.ts';
import { permissionsOf, rulesReview } from './permissions.ts';
import { requestInfo } from './request-info.ts';
import { reviewGrants } from './review.ts';
import { request } from './rules.ts';
import { type ReviewForm, reviewFaults, reviewStatus } from './subject-access-review.ts';
import { whoCan } from './who-can.ts';

const anything = fc.jsonValue({ maxDepth: 4 });
const oddly = fc
  .record({
    kind: fc.constantFrom('Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Pod', 'PersistentVolume'),
    name: fc.constantFrom('a', '', '__proto__', 'constructor'),
    rules: anything,
    subjects: fc.oneof(anything, fc.array(fc.record({ kind: anything, name: anything, namespace: anything }))),
    roleRef: fc.oneof(anything, fc.record({ kind: fc.constantFrom('Role', 'ClusterRole', 'x'), name: fc.constantFrom('a', '__proto__') })),
    aggregationRule: fc.option(fc.oneof(anything, fc.record({ clusterRoleSelectors: fc.array(anything) })), { nil: undefined }),
    spec: anything,
  })
  .map(({ kind, name, ...rest }) => {
    const apiVersion = kind === 'Pod' || kind === 'PersistentVolume' ? 'v1' : 'rbac.authorization.k8s.io/v1';
    return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest } as KubeObject;
  });

test('odd objects, odd callers and odd requests are answered', () => {
  const users = [
    { name: '__proto__', groups: ['constructor', 'a'] },
    { name: 'system:node:a', groups: ['system:nodes'] },
    { name: 'system:serviceaccount:shop:a', groups: [] },
  ];
  const questions = [
    request('get', '', 'secrets', { namespace: 'shop', name: 'a' }),
    request('__proto__', 'constructor', 'toString/valueOf'),
    { ...request('', '', ''), path: '' },
  ];
  fc.assert(
    fc.property(fc.array(oddly, { maxLength: 6 }), (objects) => {
      const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
      for (const user of users) {
        for (const wanted of questions) assert.equal(can(state, user, wanted).allowed, can(state, user, wanted).via.length > 0);
        permissionsOf(state, user);
        rulesReview(state, user, 'shop');
        for (const object of state.resources) if (object.group !== '') escalationRefusal(state, { user, object, old: undefined });
      }
      for (const wanted of questions) whoCan(state, wanted, true);
      const log = users.map((user) => ({ user, wanted: questions[0] ?? request('get', '', 'x'), allowed: true }));
      for (const recorded of [undefined, log]) reviewGrants(state, recorded);
      const none = snapshot({ resources: [] });
      assert.deepEqual(grantChanges(state, state), { added: [], removed: [], notCompared: [] });
      assert.equal(grantChanges(none, state).removed.length, 0);
    }),
    { numRuns: 500 },
  );
});

test('odd credentials and odd exports of clouds are answered', () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const claims = fc.oneof(
    anything,
    fc.record({
      iss: fc.constantFrom('https://kubernetes.default.svc', 'kubernetes/serviceaccount'),
      aud: anything,
      exp: anything,
      sub: anything,
      'kubernetes.io': anything,
    }),
  );
  fc.assert(
    fc.property(claims, fc.string(), anything, (body, text, exported) => {
      for (const token of [`${base64({ alg: 'RS256' })}.${base64(body)}.x`, text, `${text}.${text}.${text}`]) {
        const found = authenticate(usualSetup, { headers: { authorization: [`Bearer ${token}`] }, certificates: [], path: '/' }, 0);
        if (found.kind === 'authenticated') assert.notEqual(found.user.name, '');
      }
      cloudIdentities(snapshot({ resources: [] }), [exported]);
      readAuthenticationConfiguration(exported, 'x');
      readAuthorizationConfiguration(exported, 'x');
    }),
    { numRuns: 500 },
  );
});

describe('a cluster that is known in part', () => {
  const rbac = 'rbac.authorization.k8s.io';
  const binding = (name: string, role: string): KubeObject => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', apiGroup: rbac, name: 'jane' }],
  });
  const role = (name: string, ...rules: readonly JsonObject[]): KubeObject => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  });
  const state = (...objects: readonly KubeObject[]) =>
    snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
  const jane = { name: 'jane', groups: [] };

  test('names the bindings whose roles are missing in every answer', () => {
    const half = state(binding('a', 'here'), binding('b', 'gone'), role('here', { apiGroups: [''], resources: ['pods'], verbs: ['get'] }));
    const wanted = request('get', '', 'pods');
    const names = (given: readonly { readonly binding: { readonly resource: { readonly name: string } } }[]) =>
      given.map((one) => one.binding.resource.name);
    assert.deepEqual(names(whoCan(half, wanted, true).unknown), ['b']);
    assert.deepEqual(names(can(half, jane, wanted).unknown), ['b']);
    assert.deepEqual(names(permissionsOf(half, jane).flatMap(({ unknown }) => unknown)), ['b']);
    assert.deepEqual(
      names(
        reviewGrants(half, [])
          .filter(({ state: found }) => found === 'dangling')
          .map(({ given }) => given),
      ),
      ['b'],
    );
  });

  test('has verbs, groups and resources that nobody knows, compared literally', () => {
    const odd = state(
      binding('a', 'r'),
      role('r', { apiGroups: ['nope.example.com'], resources: ['wotsits/polish'], verbs: ['frobnicate'] }),
    );
    const ask = (verb: string, group: string, plural: string) => can(odd, jane, request(verb, group, plural)).allowed;
    assert.deepEqual(
      [
        ask('frobnicate', 'nope.example.com', 'wotsits/polish'),
        ask('frobnicate', 'nope.example.com', 'wotsits'),
        ask('frobnicate', '', 'wotsits/polish'),
        ask('Frobnicate', 'nope.example.com', 'wotsits/polish'),
      ],
      [true, false, false, false],
    );
  });

  test('has a role of 100,000 rules, reviewed and compared all the same', () => {
    const rules = (verb: string) =>
      Array.from({ length: 100_000 }, (_, index) => ({ apiGroups: [''], resources: [`kind-${index}`], verbs: [verb] }));
    const [one, two] = [state(binding('a', 'r'), role('r', ...rules('get'))), state(binding('a', 'r'), role('r', ...rules('list')))];
    const log = [{ user: jane, wanted: request('get', '', 'kind-5'), allowed: true }];
    assert.equal(reviewGrants(one, log)[0]?.unusedRules?.length, 99_999);
    assert.deepEqual(grantChanges(one, one), { added: [], removed: [], notCompared: [] });
    assert.deepEqual(
      grantChanges(one, two).notCompared.map(({ name }) => name),
      ['jane'],
    );
  });
});

test('odd reviews, log lines and URLs are read', () => {
  const forms: readonly ReviewForm[] = [
    { kind: 'SubjectAccessReview' },
    { kind: 'LocalSubjectAccessReview', namespace: 'shop' },
    { kind: 'SelfSubjectAccessReview', user: { name: 'a', groups: [] } },
  ];
  const empty = snapshot({ resources: [] });
  const spec = fc.oneof(
    anything,
    fc.record({ resourceAttributes: fc.record({ fieldSelector: anything, labelSelector: anything, verb: anything }), user: anything }),
  );
  fc.assert(
    fc.property(spec, anything, fc.string(), fc.webPath(), (review, line, method, path) => {
      for (const form of forms) {
        reviewFaults(review as never, form);
        assert.equal(reviewStatus(empty, review as never, form).allowed, false);
      }
      recordedRequests(line);
      recordedRequests({ auditID: 1, verb: 'get', user: line, objectRef: line, impersonatedUser: line });
      recordedRequests({ protoPayload: line });
      requestInfo(method, path);
      requestInfo('GET', `/api/v1/${path}?${method}`);
    }),
    { numRuns: 1000 },
  );
});

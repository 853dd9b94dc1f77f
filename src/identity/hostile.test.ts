// Questions over objects of any shape: nothing throws, and what is no rule grants nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { can } from './access-review.ts';
import { recordedRequests } from './audit-requests.ts';
import { escalationRefusal } from './escalation.ts';
import { permissionsOf, rulesReview } from './permissions.ts';
import { requestInfo } from './request-info.ts';
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
    }),
    { numRuns: 500 },
  );
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

// Whatever stands in roles, bindings, accounts and pods, the controls of identity answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/object.ts';
import type { Json } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { runControls } from '../run.ts';
import { identity } from './index.ts';

const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 7, '', '*', '__proto__', 'constructor', 'cluster-admin', 'default', [], {}, [null], ['*'], [[]]),
  fc.array(fc.constantFrom<Json>(null, 'get', '*', 'secrets', 'pods/*', '/', '*/', 1, {}), { maxLength: 4 }),
);
const rules = fc.oneof(
  odd,
  fc.array(fc.record({ apiGroups: odd, resources: odd, verbs: odd, resourceNames: odd }, { requiredKeys: [] }), { maxLength: 3 }),
);
const selectors = fc.oneof(odd, fc.constant([{}]), fc.constant([{ matchLabels: {} }]), fc.constant([{ matchLabels: { a: 'b' } }]));
const metadata = fc.record(
  { name: fc.oneof(odd, fc.constantFrom('a', 'b', 'constructor')), namespace: odd, labels: odd },
  { requiredKeys: [] },
);
const apiVersion = 'rbac.authorization.k8s.io/v1';

const object = fc.oneof(
  fc.record({
    apiVersion: fc.constant(apiVersion),
    kind: fc.constantFrom('Role', 'ClusterRole'),
    metadata,
    rules,
    aggregationRule: fc.oneof(odd, fc.record({ clusterRoleSelectors: selectors })),
  }),
  fc.record({
    apiVersion: fc.constant(apiVersion),
    kind: fc.constantFrom('RoleBinding', 'ClusterRoleBinding'),
    metadata,
    roleRef: fc.oneof(
      odd,
      fc.record({ kind: fc.constantFrom<Json>('Role', 'ClusterRole', null), name: fc.constantFrom<Json>('a', 'b', 'cluster-admin', 7) }),
    ),
    subjects: fc.oneof(
      odd,
      fc.array(fc.record({ kind: fc.constantFrom<Json>('User', 'Group', 'ServiceAccount', 1), name: odd, namespace: odd }), {
        maxLength: 3,
      }),
    ),
  }),
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constantFrom('ServiceAccount', 'Secret', 'Namespace'),
    metadata,
    type: odd,
    automountServiceAccountToken: odd,
  }),
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Pod'),
    metadata,
    spec: fc.record({ serviceAccountName: odd, serviceAccount: odd, automountServiceAccountToken: odd, volumes: odd, containers: odd }),
  }),
);

test('odd shapes crash no control and make no repair that throws', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 6 }), fc.boolean(), (objects, live) => {
      const resources = objects.map((one) => resource(one as KubeObject, { kind: 'memory' }));
      const result = runControls(snapshot({ resources, facts: { ...assumedFacts('1.36'), live } }), { controls: identity, now: 0 });
      assert.deepEqual(result.problems, []);
      for (const { control, outcome, resource: blamed } of result.findings)
        if (blamed !== undefined) control.repair?.(outcome, blamed.object);
    }),
    { numRuns: 400 },
  );
});

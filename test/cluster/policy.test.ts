// What the controller of the real control plane writes into the status of policies, and what our type checker says of the same policies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, dig, field, type Json } from '../../src/lib/json.ts';
import { kindsOf, typeSource } from '../../src/policy/of-snapshot.ts';
import { typeCheck } from '../../src/policy/validating/type-check.ts';
import { snapshot } from '../../src/snapshot/snapshot.ts';
import { realCluster } from './cluster.ts';

const expressions = [
  'object.spec.replicas > 1',
  "object.spec.replicas > 'x'",
  'object.spec.nothing == 1',
  "quantity(object.spec.template.spec.containers[0].resources.limits['cpu']).isLessThan(quantity('1'))",
  "object.spec.template.spec.containers.all(c, c.image.startsWith('a') && c.port == 1)",
  'object.spec.strategy.rollingUpdate.maxSurge == 1',
  "object.metadata.creationTimestamp > timestamp('2020-01-01T00:00:00Z')",
  "object.metadata.labels['a'] == 1",
  'object.metadata.namespace == request.namespace && has(object.spec.none)',
  'object.spec.template.spec.volumes.all(v, v.name == 1 || v.secret.none)',
  'object.spec.paused ? oldObject.spec.none == 1 : false',
];

test('warnings of the type checker are those of the real control plane', async (t) => {
  const cluster = await realCluster(t, { controllers: true });
  if (cluster === undefined) return;
  const source = typeSource(kindsOf(snapshot({ resources: [] }), await loadSchemas('1.36')));
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] };
  const root = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  for (const [index, expression] of expressions.entries()) {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `typed-${index}` },
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression }] },
    };
    const made = await cluster.api('POST', root, policy);
    assert.ok([201, 409].includes(made.status), made.text);
    let status: Json | undefined;
    for (let round = 0; round < 100 && status === undefined; round++) {
      status = dig((await cluster.api('GET', `${root}/typed-${index}`)).body, 'status', 'typeChecking');
      if (status === undefined) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const theirs = asList(field(status, 'expressionWarnings')).map((each) => [field(each, 'fieldRef'), field(each, 'warning')]);
    const ours = typeCheck(policy, source, 36).map(({ fieldRef, warning }) => [fieldRef, warning]);
    assert.deepEqual(ours, theirs, expression);
    await cluster.api('DELETE', `${root}/typed-${index}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { admissionRequest } from '../../policy/admission-request.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { creation, kindsOf, snapshotContext } from '../../policy/of-snapshot.ts';
import { policySet } from '../../policy/policy-set.ts';
import { validate } from '../../policy/verdict.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { catalogue } from '../index.ts';
import { runControls } from '../run.ts';
import { emitPolicies, isEmittable } from './emit.ts';

const options = { actions: ['Deny'], exceptNamespaces: [] } as const;

test('every emitted policy compiles', () => {
  const { objects } = emitPolicies(catalogue, options);
  assert.ok(objects.length >= 40);
  assert.deepEqual(
    compilePolicies(objects).flatMap(({ name, issues }) => issues.map(({ field, message }) => `${name} ${field}: ${message}`)),
    [],
  );
});

test('an emitted policy says of the examples of its control what the control says', async () => {
  const release = await loadSchemas('1.36');
  const facts = assumedFacts('1.36');
  for (const control of catalogue.filter(isEmittable)) {
    const set = policySet(compilePolicies(emitPolicies([control], options).objects, { minor: 36 }));
    let judged = 0;
    for (const example of [...control.examples.pass(), ...control.examples.fail()])
      for (const object of example) {
        const alone = snapshot({ resources: [resource(object, { kind: 'memory' })], facts });
        const kinds = kindsOf(alone, release);
        const [subject] = alone.resources;
        if (subject === undefined || subject.pods.length === 0) continue;
        const input = creation(subject, kinds);
        const stored = snapshot({ resources: [resource(input.object as unknown as KubeObject, { kind: 'memory' })], facts });
        const { findings } = runControls(stored, { controls: [control], now: 0 });
        const { allowed, refusal } = validate(
          set,
          admissionRequest(
            input,
            snapshotContext(alone, kinds, () => true),
          ),
        );
        const verdict = findings.every(({ outcome }) => outcome.verdict !== 'fail');
        assert.equal(allowed, verdict, `${control.id}: ${refusal?.message ?? 'admitted'}\n${JSON.stringify(input.object)}`);
        judged++;
      }
    assert.ok(judged > 0, `${control.id} has no example with a pod`);
  }
});

test('what cannot be emitted is said with the reason', () => {
  const { left, objects } = emitPolicies(catalogue, options);
  assert.equal(left.length + objects.length / 2, catalogue.length);
  assert.match(left.find(({ control }) => control === 'network/default-deny')?.reason ?? 'other objects', /other objects/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../kube/schema/load.ts';
import { Stop } from './exit.ts';
import { featuresTold, readFeatures } from './features.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);

test('what is turned on and off is read and told', () => {
  const features = readFeatures(
    { featureGates: ['GenericWorkload=true'], runtimeConfig: ['resource.k8s.io/v1beta1', 'v1/pods=false'] },
    release,
  );
  assert.deepEqual(featuresTold(features), [
    'feature gates: GenericWorkload=true',
    'API versions: resource.k8s.io/v1beta1=true, v1/pods=false',
  ]);
});

const refused: readonly (readonly [flag: string, why: RegExp])[] = [
  ['nothing.example/v1=true', /no API group nothing\.example/],
  ['resource.k8s.io=true', /write it as GROUP\/VERSION=true/],
  ['v1=perhaps', /write it as/],
];
for (const [flag, why] of refused)
  test(`--runtime-config ${flag} is refused`, () =>
    assert.throws(
      () => readFeatures({ runtimeConfig: [flag] }, release),
      (error) => error instanceof Stop && why.test(error.problem.message),
    ));

// Fields behind gates, by release: dropped from what is new where the gate is off, kept where the stored object has them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { featuresOf } from '../../kube/version/feature-gates.ts';
import { dropDisabledFields } from './disabled.ts';

const pod = (spec: object): Struct => ({ spec: structuredClone(spec) }) as unknown as Struct;
const images = { volumes: [{ name: 'i', image: {} }], containers: [{ name: 'c', volumeMounts: [{ name: 'i' }, { name: 'v' }] }] };

for (const [words, minor, spec, left] of [
  ['a host name of its own goes before 1.35', '1.34', { hostnameOverride: 'h' }, {}],
  ['and stays since', '1.35', { hostnameOverride: 'h' }, { hostnameOverride: 'h' }],
  ['volumes of images go with their mounts', '1.34', images, { containers: [{ name: 'c', volumeMounts: [{ name: 'v' }] }] }],
  ['a lifecycle that had a signal alone goes', '1.36', { containers: [{ lifecycle: { stopSignal: 'SIGTERM' } }] }, { containers: [{}] }],
] as const)
  test(`${words} (${minor})`, () => {
    const object = pod(spec);
    dropDisabledFields(object, undefined, '', 'Pod', featuresOf(minor));
    assert.deepEqual(object.spec, left);
  });

test('what the stored object has is kept', () => {
  const object = pod({ hostnameOverride: 'new' });
  dropDisabledFields(object, pod({ hostnameOverride: 'old' }), '', 'Pod', featuresOf('1.34'));
  assert.deepEqual(object.spec, { hostnameOverride: 'new' });
});

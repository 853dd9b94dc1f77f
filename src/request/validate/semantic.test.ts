import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { sameValue } from './semantic.ts';

const container: Json = { name: 'a', image: 'b' };

const cases: readonly (readonly [string, string | undefined, Json | undefined, Json | undefined, boolean])[] = [
  ['an empty map and none', 'core.PodSpec', { nodeSelector: {} }, {}, true],
  ['an empty list and none', 'core.PodSpec', { tolerations: [] }, {}, true],
  ['empty limits and none', 'core.Container', { ...container, resources: { limits: {} } }, container, true],
  ['a zero that is no pointer and none', 'core.ISCSIVolumeSource', { lun: 0 }, {}, true],
  ['a zero behind a pointer and none', 'core.PodSpec', { terminationGracePeriodSeconds: 0 }, {}, false],
  ['an empty struct behind a pointer and none', 'core.PodSpec', { affinity: {} }, {}, false],
  ['a volume that is an empty directory and one of no kind', 'core.Volume', { name: 'v', emptyDir: {} }, { name: 'v' }, false],
  ['the context of a pod, which is always there', 'core.PodSpec', { securityContext: {}, hostNetwork: false }, {}, true],
  ['the network of a pod', 'core.PodSpec', { hostNetwork: true }, {}, false],
  ['amounts that are one number', '{}quantity', { cpu: '1000m' }, { cpu: '1' }, true],
  ['an amount of zero and none', '{}quantity', { cpu: '0' }, {}, false],
  ['times that are one instant', 'time', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', true],
  ['a selector of everything and none', '*meta.LabelSelector', {}, null, false],
  ['selectors of everything', '*meta.LabelSelector', { matchLabels: {} }, { matchExpressions: [] }, true],
  ['metadata of templates', 'core.PodTemplateSpec', { metadata: { annotations: {}, creationTimestamp: null } }, {}, true],
  ['labels of templates', 'core.PodTemplateSpec', { metadata: { labels: { a: 'b' } } }, {}, false],
  ['what a nested claim says of its kind', 'core.PersistentVolumeClaim', { kind: 'PersistentVolumeClaim' }, {}, true],
  ['the keys of maps that share a number of them', '{}text', { a: 'x' }, { b: 'x' }, false],
  ['scalars', undefined, 'a', 'b', false],
];
for (const [what, type, a, b, same] of cases)
  test(`${what} ${same ? 'are' : 'are not'} the same`, () => {
    assert.equal(sameValue(a, b, type), same);
    assert.equal(sameValue(b, a, type), same);
  });

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, listed, node, played } from '../../../../test/played.ts';
import type { KubeObject } from '../../../kube/object.ts';
import { dig, field, type JsonObject } from '../../../lib/json.ts';
import type { World } from '../world.ts';

const volume = (name: string, storage: string, spec: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 's',
    persistentVolumeReclaimPolicy: 'Retain',
    nfs: { server: 'a', path: '/b' },
    ...spec,
  },
});
const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
const claim = (spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '1Gi' } }, ...spec },
});
const waiting: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 's' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};
const own = (world: World) => listed(world, '', 'persistentvolumeclaims')[0];
const phases = (world: World) =>
  world.store
    .list({ group: '', resource: 'persistentvolumes' })
    .map((each) => `${dig(each, 'metadata', 'name')} ${dig(each, 'status', 'phase')}`);
const reasons = (world: World) => listed(world, '', 'events').map((each) => field(each, 'reason'));

describe('a claim', () => {
  for (const [what, objects, spec, expected] of [
    ['gets the smallest volume that is large enough', [volume('a', '5Gi'), volume('b', '2Gi'), volume('d', '512Mi')], {}, 'b'],
    ['passes over volumes of other classes', [volume('a', '1Gi', { storageClassName: 'o' }), volume('b', '2Gi')], {}, 'b'],
    [
      'of blocks passes over volumes of files',
      [volume('a', '1Gi'), volume('b', '2Gi', { volumeMode: 'Block' })],
      { volumeMode: 'Block' },
      'b',
    ],
    [
      'gets the volume that is kept for it',
      [volume('a', '1Gi'), volume('b', '9Gi', { claimRef: { namespace: 'default', name: 'c' } })],
      {},
      'b',
    ],
    [
      'gets a volume of its modes alone before one of more that is kept for it',
      [
        volume('a', '9Gi'),
        volume('b', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], claimRef: { namespace: 'default', name: 'c' } }),
      ],
      {},
      'a',
    ],
    ['of more modes than a volume has gets none', [volume('a', '1Gi')], { accessModes: ['ReadWriteMany'] }, undefined],
    ['that names a volume too small for it gets none', [volume('a', '512Mi')], { volumeName: 'a' }, 'a'],
  ] as const)
    test(what, async (t) => {
      const world = await played(t, objects);
      await ask(world, 'POST', claims, claim(spec));
      assert.equal(dig(own(world), 'spec', 'volumeName'), expected);
      assert.equal(dig(own(world), 'status', 'phase'), expected === undefined || 'volumeName' in spec ? 'Pending' : 'Bound');
    });

  test('that waits for its first pod gets a volume that the pod can reach', async (t) => {
    const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] };
    const near = { nodeAffinity: { required: { nodeSelectorTerms: [term] } } };
    const world = await played(t, [node, waiting, volume('v', '1Gi', near)]);
    await ask(world, 'POST', claims, claim());
    assert.deepEqual([dig(own(world), 'status', 'phase'), reasons(world)], ['Pending', ['WaitForFirstConsumer']]);
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
    const spec = { containers: [{ name: 'c', image: 'i' }], volumes };
    await ask(world, 'POST', '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
    assert.equal(dig(own(world), 'status', 'phase'), 'Bound');
    assert.equal(dig(listed(world, '', 'pods')[0], 'status', 'phase'), 'Running');
  });

  test('that is deleted leaves its volume released', async (t) => {
    const world = await played(t, [volume('v', '1Gi')]);
    await ask(world, 'POST', claims, claim());
    assert.deepEqual(phases(world), ['v Bound']);
    await ask(world, 'DELETE', `${claims}/c`, {});
    assert.deepEqual([phases(world), own(world)], [['v Released'], undefined]);
  });
});

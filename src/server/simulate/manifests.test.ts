import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { dig } from '../../lib/json.ts';
import { startControllers } from './controllers.ts';
import { makeWorld } from './world.ts';

const metadata = (name: string) => ({ name, namespace: 'default' });

async function served(objects: readonly KubeObject[]) {
  return await makeWorld(objects, (world) => startControllers(world, 'an authority'));
}

test('Secrets of manifests are created: defaulted, or refused', async () => {
  const world = await served([
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata('plain'), stringData: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata('S_bad') },
  ]);
  const secret = world.store.get({ group: '', resource: 'secrets' }, 'default', 'plain');
  assert.deepEqual([secret?.type, secret?.data, secret?.stringData], ['Opaque', { a: 'Yg==' }, undefined]);
  assert.deepEqual(
    world.refused.map(({ object }) => dig(object, 'metadata', 'name')),
    ['S_bad'],
  );
});

test('a Secret whose values a snapshot has left out is taken as it is', async () => {
  const world = await served([{ apiVersion: 'v1', kind: 'Secret', metadata: metadata('kept'), data: { a: 'redacted:1:7' } }]);
  assert.deepEqual(world.refused, []);
  assert.deepEqual(world.store.get({ group: '', resource: 'secrets' }, 'default', 'kept')?.data, { a: 'redacted:1:7' });
});

test('what is given twice is told, and the first is there', async () => {
  const map = (a: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('twice'), data: { a } });
  const world = await served([map('1'), map('2')]);
  assert.deepEqual(
    world.refused.map(({ why }) => why),
    ['configmaps "twice" already exists: it is given twice'],
  );
  assert.deepEqual(world.store.get({ group: '', resource: 'configmaps' }, 'default', 'twice')?.data, { a: '1' });
});

test('a manifest changes the service account that its namespace already has', async () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('default'), imagePullSecrets: [{ name: 'pull' }] };
  const world = await served([account]);
  assert.deepEqual(world.refused, []);
  const found = world.store.get({ group: '', resource: 'serviceaccounts' }, 'default', 'default');
  assert.deepEqual(found?.imagePullSecrets, [{ name: 'pull' }]);
});

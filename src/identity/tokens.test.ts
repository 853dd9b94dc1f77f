import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { podsOf } from '../kube/pod/lower.ts';
import type { JsonObject } from '../lib/json.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { serviceAccountName, tokenMount, tokenVolumes } from './tokens.ts';

function podOf(spec: JsonObject) {
  const [pod] = podsOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'web' }], ...spec },
  });
  assert.ok(pod !== undefined);
  return pod;
}

function account(setting: boolean | undefined): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'web', namespace: 'shop' },
    ...(setting === undefined ? {} : { automountServiceAccountToken: setting }),
  };
}

describe('the token of a pod', () => {
  const own = { serviceAccountName: 'web' };
  const table: readonly [says: string, spec: JsonObject, accounts: readonly KubeObject[], state: string, decidedBy: string][] = [
    ['is mounted where nobody says no', own, [account(undefined)], 'mounted', 'default'],
    ['is not mounted where the account says no', own, [account(false)], 'off', 'service account'],
    ['is mounted where the account says yes', own, [account(true)], 'mounted', 'service account'],
    [
      'is not mounted where the pod says no, whatever the account says',
      { ...own, automountServiceAccountToken: false },
      [account(true)],
      'off',
      'pod',
    ],
    [
      'is mounted where the pod says yes, whatever the account says',
      { ...own, automountServiceAccountToken: true },
      [account(false)],
      'mounted',
      'pod',
    ],
    ['is an open question where the account is not known', own, [], 'unknown', 'service account'],
    ['of the default account is mounted where nothing is known of it', {}, [], 'mounted', 'default'],
  ];
  for (const [says, spec, accounts, state, decidedBy] of table)
    test(says, () => {
      const state_ = snapshot({ resources: accounts.map((object) => resource(object, { kind: 'memory' })) });
      const mount = tokenMount(state_, 'shop', podOf(spec));
      assert.deepEqual([mount.state, mount.decidedBy], [state, decidedBy]);
    });
});

test('the old field names the account where the new one is empty', () => {
  assert.equal(serviceAccountName(podOf({ serviceAccount: 'old' })), 'old');
  assert.equal(serviceAccountName(podOf({ serviceAccount: 'old', serviceAccountName: 'new' })), 'new');
  assert.equal(serviceAccountName(podOf({ serviceAccount: 'old', serviceAccountName: '' })), 'old');
  assert.equal(serviceAccountName(podOf({ serviceAccountName: '' })), 'default');
});

test('a projected token for the API server is found, one for another audience is not', () => {
  const volume = (token: JsonObject) => ({ volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: token }] } }] });
  assert.deepEqual(tokenVolumes(podOf(volume({ path: 'token' }))), ['/spec/volumes/0']);
  assert.deepEqual(tokenVolumes(podOf(volume({ path: 'token', audience: 'vault' }))), []);
});

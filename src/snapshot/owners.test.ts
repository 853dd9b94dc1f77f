// Chains of owners, whole and broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { controllerOf, ownerOf } from './owners.ts';
import { resource, snapshot } from './snapshot.ts';

const template: JsonObject = { spec: { containers: [{ name: 'c', image: 'i' }] } };

interface Link {
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  /** `kind/name/uid` of the controller; its apiVersion is apps/v1 unless it is a Job, CronJob or Pod. */
  readonly by?: string;
  readonly controller?: boolean;
}

function versionOf(kind: string): string {
  return ['Job', 'CronJob'].includes(kind)
    ? 'batch/v1'
    : ['Pod', 'Node'].includes(kind)
      ? 'v1'
      : kind === 'Operator'
        ? 'example.test/v1'
        : 'apps/v1';
}

function made({ kind, name, uid, by, controller = true }: Link): KubeObject {
  const [ownerKind = '', ownerName = '', ownerUid] = (by ?? '').split('/');
  const reference = {
    apiVersion: versionOf(ownerKind),
    kind: ownerKind,
    name: ownerName,
    controller,
    ...(ownerUid === undefined ? {} : { uid: ownerUid }),
  };
  const metadata = {
    name,
    ...(kind === 'Node' ? {} : { namespace: 'n' }),
    ...(uid === undefined ? {} : { uid }),
    ...(by === undefined ? {} : { ownerReferences: [reference] }),
  };
  const spec =
    kind === 'Pod'
      ? template.spec
      : kind === 'CronJob'
        ? { jobTemplate: { spec: { template } } }
        : kind === 'Operator' || kind === 'Node'
          ? {}
          : { template };
  return { apiVersion: versionOf(kind), kind, metadata, spec };
}

const rows: readonly { readonly name: string; readonly links: readonly Link[]; readonly owner: string | undefined }[] = [
  {
    name: 'a Deployment owns its pods through a ReplicaSet',
    owner: 'Deployment/d',
    links: [
      { kind: 'Pod', name: 'p', by: 'ReplicaSet/r/1' },
      { kind: 'ReplicaSet', name: 'r', uid: '1', by: 'Deployment/d' },
      { kind: 'Deployment', name: 'd' },
    ],
  },
  {
    name: 'a CronJob owns the pods of its Jobs',
    owner: 'CronJob/c',
    links: [
      { kind: 'Pod', name: 'p', by: 'Job/j' },
      { kind: 'Job', name: 'j', by: 'CronJob/c' },
      { kind: 'CronJob', name: 'c' },
    ],
  },
  {
    name: 'where the Deployment was not read, its ReplicaSet stands for it',
    owner: 'ReplicaSet/r',
    links: [
      { kind: 'Pod', name: 'p', by: 'ReplicaSet/r' },
      { kind: 'ReplicaSet', name: 'r', by: 'Deployment/gone' },
    ],
  },
  {
    name: 'an owner without pods of its own passes findings on to nobody',
    owner: 'StatefulSet/s',
    links: [
      { kind: 'Pod', name: 'p', by: 'StatefulSet/s' },
      { kind: 'StatefulSet', name: 's', by: 'Operator/o' },
      { kind: 'Operator', name: 'o' },
    ],
  },
  {
    name: 'a static pod belongs to itself, though its Node is its controller',
    owner: undefined,
    links: [
      { kind: 'Pod', name: 'p', by: 'Node/x' },
      { kind: 'Node', name: 'x' },
    ],
  },
  {
    name: 'an owner of the same name that was made later is not the owner',
    owner: undefined,
    links: [
      { kind: 'Pod', name: 'p', by: 'ReplicaSet/r/old' },
      { kind: 'ReplicaSet', name: 'r', uid: 'new' },
    ],
  },
  {
    name: 'an owner that is no controller is not asked',
    owner: undefined,
    links: [
      { kind: 'Pod', name: 'p', by: 'Deployment/d', controller: false },
      { kind: 'Deployment', name: 'd' },
    ],
  },
  {
    name: 'a circle ends',
    owner: 'Deployment/d',
    links: [
      { kind: 'Pod', name: 'p', by: 'Deployment/d' },
      { kind: 'Deployment', name: 'd', by: 'Pod/p' },
    ],
  },
  { name: 'a pod that somebody wrote has no owner', owner: undefined, links: [{ kind: 'Pod', name: 'p' }] },
];

for (const { name, links, owner } of rows)
  test(name, () => {
    const state = snapshot({ resources: links.map((link) => resource(made(link), { kind: 'memory' })) });
    const [first] = state.resources;
    assert.ok(first !== undefined);
    const found = ownerOf(state, first);
    assert.equal(found === undefined ? undefined : `${found.kind}/${found.name}`, owner);
  });

test('one step leads to the controller of whatever kind', () => {
  const state = snapshot({
    resources: [
      { kind: 'Pod', name: 'p', by: 'Node/x' },
      { kind: 'Node', name: 'x' },
    ].map((link) => resource(made(link), { kind: 'memory' })),
  });
  const [pod] = state.resources;
  assert.equal(pod === undefined ? undefined : controllerOf(state, pod)?.kind, 'Node');
});

test('references of odd shapes lead nowhere', () => {
  for (const ownerReferences of ['x', [null], [{ controller: true }], [{ controller: true, kind: 7, name: {}, apiVersion: [] }]]) {
    const state = snapshot({
      resources: [resource({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ownerReferences } }, { kind: 'memory' })],
    });
    const [pod] = state.resources;
    assert.equal(pod === undefined ? undefined : ownerOf(state, pod), undefined);
  }
});

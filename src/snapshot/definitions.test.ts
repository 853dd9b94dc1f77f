import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { knownReleases } from '../kube/schema/load.ts';
import { definitionsFor } from './definitions.ts';
import { lazyResource, newestKnownVersion, type Origin, type Resource, resource, snapshot } from './snapshot.ts';

const file = (path: string): Origin => ({ kind: 'file', file: path, document: 0, documentEnd: 0, pointer: '' });

function definition(path: string, kind: string, plural: string, versions: readonly string[], read: string[] = []): Resource {
  const name = `${plural}.example.com`;
  const object: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'example.com',
      names: { kind, plural },
      scope: 'Namespaced',
      versions: versions.map((version) => ({ name: version, served: true })),
    },
  };
  const known = { group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition', namespace: '', name, origin: file(path) };
  return lazyResource(known, () => {
    read.push(path);
    return object;
  });
}

const custom = (path: string, kind: string, version = 'v1'): Resource =>
  resource({ apiVersion: `example.com/${version}`, kind, metadata: { name: 'x' } }, file(path));

test('definitions that no object needs are not read', () => {
  const read: string[] = [];
  const widget = custom('a/widget.yaml', 'Widget');
  const resources = [
    widget,
    definition('a/crd.yaml', 'Widget', 'widgets', ['v1'], read),
    definition('a/other.yaml', 'Gadget', 'gadgets', ['v1'], read),
  ];
  const found = [...definitionsFor(snapshot({ resources }), widget)];
  assert.deepEqual(
    found.map(({ version }) => version.name),
    ['v1'],
  );
  assert.deepEqual(read, ['a/crd.yaml']);
});

test('of several definitions the nearest comes first, unless another was read before', () => {
  const near = custom('a/b/widget.yaml', 'Widget');
  const far = custom('c/widget.yaml', 'Widget');
  const resources = [
    near,
    far,
    definition('c/crd.yaml', 'Widget', 'widgets', ['v1']),
    definition('a/b/crd.yaml', 'Widget', 'widgets', ['v1']),
  ];
  const state = snapshot({ resources });
  assert.equal(definitionsFor(state, near).next().value?.closeness, 2);
  assert.deepEqual(
    [...definitionsFor(state, far)].map(({ closeness }) => closeness),
    [0, 1],
  );
});

test('plurals with dashes and other endings, versions that are not served, groups nobody defines', () => {
  const resources = [
    definition('crd.yaml', 'NetworkAttachmentDefinition', 'network-attachment-definitions', ['v1']),
    definition('crd.yaml', 'Policy', 'policies', ['v1']),
  ];
  const state = snapshot({ resources });
  assert.equal([...definitionsFor(state, custom('x.yaml', 'NetworkAttachmentDefinition'))].length, 1);
  assert.equal([...definitionsFor(state, custom('x.yaml', 'Policy'))].length, 1);
  assert.equal([...definitionsFor(state, custom('x.yaml', 'Policy', 'v2'))].length, 0);
  assert.equal([...definitionsFor(state, resource({ apiVersion: 'other.example/v1', kind: 'Policy' }, file('x.yaml')))].length, 0);
});

test('the newest version there are schemas for is the one that is assumed', () => assert.equal(newestKnownVersion, knownReleases[0]));

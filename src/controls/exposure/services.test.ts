// Which pods a Service leads to, among them those that controllers will label.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { deployment } from '../examples.ts';
import { service } from './examples.ts';
import { podsOf } from './services.ts';

const name = 'app.kubernetes.io/name';
const podName = 'statefulset.kubernetes.io/pod-name';
const workloads = [deployment(), { ...deployment(), kind: 'StatefulSet' }];

const rows: readonly (readonly [what: string, selector: JsonObject, kinds: readonly string[]])[] = [
  ['labels of the templates', { [name]: 'app' }, ['Deployment', 'StatefulSet']],
  ['labels of nobody', { [name]: 'apps' }, []],
  ['one pod of a StatefulSet', { [name]: 'app', [podName]: 'app-1' }, ['StatefulSet']],
  ['one pod of a StatefulSet, by nothing else', { [podName]: 'app-1' }, ['StatefulSet']],
  ['one pod of another StatefulSet', { [name]: 'app', [podName]: 'apps-1' }, []],
  ['a pod that no StatefulSet makes', { [name]: 'app', [podName]: 'app-one' }, []],
  ['the pods of one revision', { [name]: 'app', 'pod-template-hash': '5d8f9c' }, ['Deployment']],
  ['no labels at all', {}, []],
];

for (const [what, selector, kinds] of rows)
  test(`A Service that selects ${what}`, () => {
    const state = snapshot({ resources: [...workloads, service({ selector })].map((object) => resource(object, { kind: 'memory' })) });
    const found = state.resources.find(({ kind }) => kind === 'Service');
    assert.ok(found !== undefined);
    assert.deepEqual(
      podsOf(state, found).map((placed) => placed.resource.kind),
      kinds,
    );
  });

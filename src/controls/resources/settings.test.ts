// Who may state a container's numbers: the container, the pod from 1.32 on, a LimitRange of its namespace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { runControls } from '../run.ts';
import { cpuRequests } from './cpu-requests.ts';
import { memoryLimits } from './memory-limits.ts';
import { memoryRange } from './memory-range.ts';
import { memoryRequests } from './memory-requests.ts';

const now = Date.UTC(2026, 10, 1);

function pod(spec: JsonObject): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
  };
}

function limitRange(namespace: string, item: JsonObject): KubeObject {
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l', namespace }, spec: { limits: [item] } };
}

function said(
  control: typeof memoryLimits,
  objects: readonly KubeObject[],
  version?: string,
  parameters?: Readonly<Record<string, Json>>,
): readonly string[] {
  const resources = objects.map((object) => resource(object, { kind: 'memory' }));
  const { findings } = runControls(snapshot({ resources, facts: assumedFacts(version) }), {
    controls: [control],
    now,
    ...(parameters === undefined ? {} : { parameters: { [control.id]: parameters } }),
  });
  return findings.map(({ outcome }) => `${outcome.reason} ${outcome.container}`);
}

const memory = (limit: unknown) => ({ name: 'a', image: 'a:1', resources: { limits: { memory: limit } } }) as JsonObject;

const rows: readonly (readonly [
  title: string,
  control: typeof memoryLimits,
  objects: readonly KubeObject[],
  said: readonly string[],
  version?: string,
])[] = [
  ['nobody states it', memoryLimits, [pod({})], ['missing a']],
  ['the container states it', memoryLimits, [pod({ containers: [memory('64Mi')] })], []],
  ['a number is a quantity', memoryLimits, [pod({ containers: [memory(1048576)] })], []],
  ['zero bounds nothing', memoryLimits, [pod({ containers: [memory('0')] })], ['missing a']],
  ['null is nothing', memoryLimits, [pod({ containers: [memory(null)] })], ['missing a']],
  ['the pod states it for all', memoryLimits, [pod({ resources: { limits: { memory: '64Mi' } } })], []],
  ['pods could not before 1.32', memoryLimits, [pod({ resources: { limits: { memory: '64Mi' } } })], ['missing a'], '1.31'],
  ['a LimitRange has a default', memoryLimits, [limitRange('shop', { type: 'Container', default: { memory: '64Mi' } }), pod({})], []],
  ['its maximum stands in for the default', memoryLimits, [limitRange('shop', { type: 'Container', max: { memory: '1Gi' } }), pod({})], []],
  ['a minimum bounds nothing', memoryLimits, [limitRange('shop', { type: 'Container', min: { memory: '1Mi' } }), pod({})], ['missing a']],
  ['one for pods fills nothing in', memoryLimits, [limitRange('shop', { type: 'Pod', max: { memory: '1Gi' } }), pod({})], ['missing a']],
  [
    'one of another namespace does not count',
    memoryLimits,
    [limitRange('other', { type: 'Container', default: { memory: '1Gi' } }), pod({})],
    ['missing a'],
  ],
  ['a default limit is a default request', cpuRequests, [limitRange('shop', { type: 'Container', default: { cpu: '1' } }), pod({})], []],
  ['a minimum is a default request', cpuRequests, [limitRange('shop', { type: 'Container', min: { cpu: '1m' } }), pod({})], []],
  [
    'init containers and sidecars are asked',
    cpuRequests,
    [pod({ containers: [], initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] })],
    ['missing i', 'missing s'],
  ],
  ['ephemeral containers are not', cpuRequests, [pod({ containers: [], ephemeralContainers: [{ name: 'e' }] })], []],
];

for (const [title, control, objects, expected, version] of rows)
  test(`${control.id}: ${title}`, () => assert.deepEqual(said(control, objects, version), expected));

const sizes: readonly (readonly [request: unknown, limit: unknown, parameters: Readonly<Record<string, Json>>, said: readonly string[]])[] =
  [
    ['1Gi', '1024Mi', {}, []],
    ['1025Mi', '1Gi', {}, ['over-limit a']],
    ['400m', '500m', { requestMax: '300m', limitMax: '300m' }, ['too-high a', 'too-high a']],
    ['64Mi', '328Mi', { requestMin: '300Mi', limitMax: '300Mi' }, ['too-low a', 'too-high a']],
    ['YOUR_VALUE', '1Gi', { requestMax: '1Mi', limitMax: 'nonsense' }, []],
  ];

for (const [request, limit, parameters, expected] of sizes)
  test(`memory ${request} of ${limit} under ${JSON.stringify(parameters)}`, () => {
    const container = { name: 'a', resources: { requests: { memory: request }, limits: { memory: limit } } } as JsonObject;
    assert.deepEqual(said(memoryRange, [pod({ containers: [container] })], undefined, parameters), expected);
  });

test('a request that the API server takes from the limit is not called absent', () => {
  const resources = [pod({ containers: [memory('1Gi'), { name: 'b' }] })].map((object) => resource(object, { kind: 'memory' }));
  const { findings } = runControls(snapshot({ resources }), { controls: [memoryRequests], now });
  assert.deepEqual(
    findings.map(({ outcome }) => outcome.detail),
    ['container "a" states no memory request, so its limit is taken for one', 'container "b" has no memory request'],
  );
});

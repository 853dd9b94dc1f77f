// Devices that pods claim, as rows that read as sentences; the same against the real scheduler is in test/cluster/devices.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { memoryStore } from '../../store/store.ts';
import { fitError } from '../fit-error.ts';
import { judgeNodes } from '../placement.ts';

const group = 'resource.k8s.io';
const device = (name: string, model: string, more: JsonObject = {}): Json => ({ name, attributes: { model: { string: model } }, ...more });
const slice = (node: string, devices: readonly Json[], count = 1): JsonObject => ({
  apiVersion: 'resource.k8s.io/v1',
  metadata: { name: `s-${node}` },
  spec: { driver: 'gpu.example.com', nodeName: node, pool: { name: node, generation: 1, resourceSliceCount: count }, devices },
});

function stateWith(request: Json, more: JsonObject = {}, slices: readonly JsonObject[] = usual) {
  const state = memoryStore();
  for (const name of ['a', 'b'])
    state.put({ group: '', resource: 'nodes' }, '', name, { metadata: { name }, status: { allocatable: { cpu: '4', pods: '10' } } });
  const spec = { selectors: [{ cel: { expression: 'device.driver == "gpu.example.com"' } }], extendedResourceName: 'example.com/card' };
  state.put({ group, resource: 'deviceclasses' }, '', 'gpu', { metadata: { name: 'gpu' }, spec });
  for (const one of slices) state.put({ group, resource: 'resourceslices' }, '', String((one.metadata as JsonObject).name), one);
  state.put({ group, resource: 'resourceclaims' }, 'shop', 'c', {
    apiVersion: 'resource.k8s.io/v1',
    metadata: { name: 'c', namespace: 'shop' },
    spec: { devices: { requests: [{ name: 'r', ...(request as JsonObject) }], ...more } },
  });
  return state;
}

const usual = [
  slice('a', [device('0', 'x'), device('1', 'y')]),
  slice('b', [device('0', 'x', { taints: [{ key: 'hot', effect: 'NoSchedule' }] })]),
];
const exactly = (more: JsonObject = {}): Json => ({ exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...more } });
const selector = (expression: string) => ({ selectors: [{ cel: { expression } }] });
const claims: Json = [{ name: 'd', resourceClaimName: 'c' }];
const nothing = 'still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

const rows: readonly (readonly [sentence: string, state: ReturnType<typeof stateWith>, fits: readonly string[], says?: string])[] = [
  ['a device that is free is enough, one that is tainted is not', stateWith(exactly()), ['a']],
  ['a taint is tolerated', stateWith(exactly({ tolerations: [{ operator: 'Exists' }] })), ['a', 'b']],
  ['two are on one node', stateWith(exactly({ count: 2, tolerations: [{ operator: 'Exists' }] })), ['a']],
  [
    'two that must be alike are on none',
    stateWith(exactly({ count: 2 }), { constraints: [{ matchAttribute: 'gpu.example.com/model' }] }),
    [],
    `0/2 nodes are available: 2 cannot allocate all claims. ${nothing}`,
  ],
  ['an expression chooses', stateWith(exactly(selector('device.attributes["gpu.example.com"].model == "y"'))), ['a']],
  ['a domain that no device has is empty', stateWith(exactly(selector('has(device.attributes["other"].model)'))), []],
  [
    'an expression that fails ends the attempt',
    stateWith(exactly(selector('device.attributes["gpu.example.com"].memory == 1'))),
    [],
    'running "DynamicResources" filter plugin: claim shop/c: selector #0: CEL runtime error: no such key: memory',
  ],
  [
    'the second alternative is taken where the first leads nowhere',
    stateWith({
      firstAvailable: [
        { name: 'two', deviceClassName: 'gpu', count: 2, ...selector('device.attributes["gpu.example.com"].model == "x"') },
        { name: 'one', deviceClassName: 'gpu', count: 1 },
      ],
    }),
    ['a'],
  ],
  ['a pool of which slices are missing is not looked at', stateWith(exactly(), {}, [slice('a', [device('0', 'x')], 2)]), []],
  [
    'a class that is not there',
    stateWith({ exactly: { deviceClassName: 'none', count: 1 } }),
    [],
    '0/2 nodes are available: request r: device class none does not exist. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  ],
];

for (const [sentence, state, fits, says] of rows)
  test(sentence, () => {
    const pod = { metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [{}], resourceClaims: claims } };
    const placement = judgeNodes(pod as unknown as Struct, state);
    const fitting = placement.nodes.filter(({ objections }) => placement.before === undefined && objections.length === 0);
    assert.deepEqual(
      fitting.map(({ node }) => node),
      fits,
    );
    if (says !== undefined) assert.equal(fitError(placement), says);
  });

test('an extended resource is had from devices of its class, first by init containers and then by others', () => {
  const container = (count: string) => ({ resources: { requests: { 'example.com/card': count } } });
  const fitting = (init: string, main: string) => {
    const spec = { initContainers: [container(init)], containers: [container(main)] };
    return judgeNodes({ metadata: { name: 'p', namespace: 'shop' }, spec } as unknown as Struct, stateWith(exactly()))
      .nodes.filter(({ objections }) => objections.length === 0)
      .map(({ node }) => node);
  };
  assert.deepEqual(fitting('2', '1'), ['a']);
  assert.deepEqual(fitting('3', '1'), []);
});

test('a search without end is not known', () => {
  const many = Array.from({ length: 24 }, (_, index) => device(`${index}`, 'x', { attributes: { n: { int: index } } }));
  const state = stateWith(exactly({ count: 12 }), { constraints: [{ matchAttribute: 'gpu.example.com/n', requests: ['other'] }] }, [
    slice('a', many),
  ]);
  const requests = [
    { name: 'r', ...(exactly({ count: 12 }) as JsonObject) },
    { name: 'other', ...(exactly({ count: 2 }) as JsonObject) },
  ];
  const claim = state.get({ group, resource: 'resourceclaims' }, 'shop', 'c') ?? {};
  const constraints = [{ matchAttribute: 'gpu.example.com/n', requests: ['other'] }];
  state.put({ group, resource: 'resourceclaims' }, 'shop', 'c', { ...claim, spec: { devices: { requests, constraints } } });
  const pod = { metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [{}], resourceClaims: claims } };
  assert.match(judgeNodes(pod as unknown as Struct, state).unknown.join(), /search for devices takes too many steps/);
});

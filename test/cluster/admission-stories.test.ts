// Stories of admission before the real API server and ours: what quotas are charged by each write, what policies see of connections, legacy
// bindings and deleted namespaces, and how expressions and mutations fail. Answers must be equal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { differences, type Hooked, type HookedRequest, hooked } from './hooked.ts';

const merge = 'application/merge-patch+json';
const group = 'admissionregistration.k8s.io/v1';

/** Sends each request to both, and gives the lines where answers differ. */
async function told(both: Hooked, requests: readonly HookedRequest[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const request of requests) {
    const real = (await both.real(request)) as unknown as Json;
    const ours = (await both.ours(request)) as unknown as Json;
    found.push(...differences(real, ours, `${request.method} ${request.path}`));
    // The quotas that a real server reads come from a watch.
    await pause(30);
  }
  return found;
}

const pod = (name: string, spec: JsonObject = {}, cpu = '100m'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu }, limits: { memory: '1Mi' } } }], ...spec },
});
const configMap = (name: string, data: JsonObject = {}): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

test('quotas are charged by what is written, also by what then is not stored', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await hooked(t, cluster, {});
  const space = `/api/v1/namespaces/${both.namespace}`;
  const [pods, maps, quotas, services] = ['pods', 'configmaps', 'resourcequotas', 'services'].map((name) => `${space}/${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const hard = { pods: '3', 'requests.cpu': '1', 'limits.memory': '1Gi', configmaps: '2', services: '1', 'services.nodeports': '1' };
  const used = { pods: '0', 'requests.cpu': '250m', 'limits.memory': '0', configmaps: '0', services: '0', 'services.nodeports': '0' };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } };
  const look: HookedRequest = { method: 'PATCH', path: `${quotas}/q`, contentType: merge, body: {} };
  const runtime = `slow-${both.namespace}`;
  const overhead = { podFixed: { cpu: '50m', memory: '1Mi' } };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'ClusterIP', ports: [{ port: 1 }] } };
  const found = await told(both, [
    { method: 'POST', path: quotas, body: quota },
    { method: 'PATCH', path: `${quotas}/q/status`, contentType: merge, body: { status: { hard, used } } },
    {
      method: 'POST',
      path: '/apis/node.k8s.io/v1/runtimeclasses',
      body: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: runtime }, handler: 'h', overhead },
    },
  ]);
  await pause(500);
  const later = await told(both, [
    { method: 'POST', path: pods, body: pod('a') },
    look,
    { method: 'POST', path: pods, body: pod('a') },
    look,
    { method: 'POST', path: pods, query: { dryRun: 'All' }, body: pod('b') },
    { method: 'POST', path: pods, body: pod('b', {}, '900m') },
    { method: 'POST', path: pods, body: pod('b', { runtimeClassName: runtime }) },
    look,
    { method: 'POST', path: pods, body: pod('c') },
    { method: 'POST', path: maps, body: configMap('a') },
    { method: 'PATCH', path: `${maps}/b`, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'm' }, body: configMap('b') },
    { method: 'POST', path: maps, body: configMap('c') },
    { method: 'POST', path: services, body: service },
    look,
  ]);
  assert.deepEqual([...found, ...later.filter((line) => !/clusterIPs?(\/0)?: real/.test(line))], []);
});

test('policies see and fail as the real ones do', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await hooked(t, cluster, {});
  const { namespace } = both;
  const space = `/api/v1/namespaces/${namespace}`;
  const maps = `${space}/configmaps`;
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  const rules = (resources: readonly string[], operations: readonly string[]) => ({
    resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: [...operations], resources: [...resources] }],
  });
  const made: string[] = [];
  const found: string[] = [];
  const add = async (kind: 'Validating' | 'Mutating', key: string, spec: JsonObject) => {
    const name = `${key}-${namespace}`;
    const base = `/apis/${group}/${kind.toLowerCase()}admissionpolic`;
    const actions = kind === 'Validating' ? { validationActions: ['Deny'] } : {};
    const binding = { policyName: name, ...actions, matchResources };
    made.push(`${base}ies/${name}`, `${base}ybindings/${name}`);
    const requests: readonly HookedRequest[] = [
      { method: 'POST', path: `${base}ies`, body: { apiVersion: group, kind: `${kind}AdmissionPolicy`, metadata: { name }, spec } },
      {
        method: 'POST',
        path: `${base}ybindings`,
        body: { apiVersion: group, kind: `${kind}AdmissionPolicyBinding`, metadata: { name }, spec: binding },
      },
    ];
    found.push(...(await told(both, requests)));
  };
  t.after(async () => {
    for (const path of made) await cluster.api('DELETE', path);
  });
  found.push(...(await told(both, [{ method: 'POST', path: `${space}/pods`, body: pod('p') }])));
  const says =
    "request.operation + ' ' + request.resource.resource + ' [' + request.name + '] ' + (request.options == null ? 'none' : request.options.kind)";
  await add('Validating', 'sees', {
    matchConstraints: rules(['pods/exec', 'bindings', 'namespaces', 'pods/proxy'], ['CONNECT', 'CREATE', 'DELETE']),
    validations: [{ expression: 'false', messageExpression: says }],
  });
  const conversions = [
    'int(object.data.v) > 1',
    'double(object.data.v) > 1.0',
    'bool(object.data.v)',
    "timestamp(object.data.v) > timestamp('2020-01-01T00:00:00Z')",
    "duration(object.data.v) > duration('1s')",
    'semver(object.data.v).major() == 1',
  ];
  await add('Validating', 'converts', {
    matchConstraints: rules(['configmaps'], ['CREATE']),
    matchConditions: [{ name: 'c', expression: "object.metadata.name == 'converts'" }],
    validations: conversions.map((expression) => ({ expression })),
  });
  const mutations: Readonly<Record<string, JsonObject>> = {
    bytes: { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{binaryData: {'b': b'abc'}}" } },
    nothing: { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: null}' } },
    kind: { patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'replace', path: '/kind', value: 'Nothing'}]" } },
    place: { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{metadata: Object.metadata{namespace: 'other'}}" } },
  };
  for (const [name, mutation] of Object.entries(mutations))
    await add('Mutating', name, {
      reinvocationPolicy: 'Never',
      matchConstraints: rules(['configmaps'], ['CREATE', 'UPDATE']),
      matchConditions: [{ name: 'c', expression: `object.metadata.name == '${name}'` }],
      mutations: [mutation],
    });
  await add('Mutating', 'scales', {
    reinvocationPolicy: 'Never',
    matchConstraints: rules(['pods/eviction'], ['CREATE']),
    mutations: [
      { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'a': 'b'}}}" } },
    ],
  });
  await pause(3000);
  found.push(
    ...(await told(both, [
      { method: 'POST', path: `${space}/pods/p/exec`, query: { command: 'ls', stdout: 'true' } },
      { method: 'POST', path: `${space}/pods/p/proxy` },
      { method: 'POST', path: `${space}/pods/p/attach`, query: { stdin: 'true' } },
      {
        method: 'POST',
        path: `${space}/bindings`,
        body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
      },
      { method: 'DELETE', path: space, query: { dryRun: 'All' } },
      { method: 'POST', path: `${space}/pods/p/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } } },
      { method: 'POST', path: maps, body: configMap('converts', { v: 'x' }) },
      ...Object.keys(mutations).map((name): HookedRequest => ({ method: 'POST', path: maps, body: configMap(name) })),
    ])),
  );
  assert.deepEqual(found, []);
});

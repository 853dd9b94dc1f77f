// The configuration of PodSecurity and of ResourceQuota: a real API server and ours are given the same file, and answer the same requests.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { readAdmission } from '../../src/cli/admission.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { realCluster } from './cluster.ts';
import { differences, type HookedRequest, hooked } from './hooked.ts';

const podSecurity = {
  apiVersion: 'pod-security.admission.config.k8s.io/v1',
  kind: 'PodSecurityConfiguration',
  defaults: { enforce: 'baseline', 'enforce-version': 'v1.25', audit: 'restricted', warn: 'restricted', 'warn-version': 'v1.24' },
  exemptions: { namespaces: ['spared'], runtimeClasses: ['sandboxed'], usernames: ['system:spared'] },
};
const priority = (operator: string, ...values: readonly string[]) => ({ scopeName: 'PriorityClass', operator, values });
const resourceQuota = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'ResourceQuotaConfiguration',
  limitedResources: [
    { resource: 'pods', matchScopes: [priority('In', 'costly', 'dear')] },
    { resource: 'services', matchContains: ['loadbalancers', 'nodeports'] },
    { resource: 'pods', matchContains: ['hugepages-'] },
    { apiGroup: 'apps', resource: 'deployments', matchContains: ['count/deployments'] },
    { resource: 'persistentvolumeclaims', matchContains: ['.storageclass.storage.k8s.io/requests.storage'] },
  ],
};

test('what the files say of pod security and of quotas is heeded as the server heeds it', { timeout: 120_000 }, async (t) => {
  const place = folder(t, {});
  const file = join(place, 'admission.json');
  const plugins = [
    { name: 'PodSecurity', configuration: podSecurity },
    { name: 'ResourceQuota', path: 'quota.json' },
  ];
  writeFileSync(join(place, 'quota.json'), JSON.stringify(resourceQuota));
  writeFileSync(file, JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins }));
  const cluster = await realCluster(t, { own: true, apiServerFlags: [`--admission-control-config-file=${file}`] });
  if (cluster === undefined) return;
  const admission = readAdmission({ admissionControlConfigFile: file }, Date.now);
  assert.deepEqual(admission.told, []);
  const both = await hooked(t, cluster, {}, [], {}, admission);
  const different: string[] = [];
  const compare = async (about: string, request: HookedRequest) => {
    const [real, ours] = [await both.real(request), await both.ours(request)];
    different.push(...differences(real as unknown as Json, ours as unknown as Json).map((line) => `${about}: ${line}`));
  };
  const post = (path: string, body: JsonObject): HookedRequest => ({ method: 'POST', path, body });
  const put = async (path: string, body: JsonObject) => {
    for (const side of ['real', 'ours'] as const) {
      const { code } = await both[side](post(path, body));
      assert.equal(code, 201);
    }
  };
  const namespace = (name: string, labels: JsonObject = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  const spaces = [
    ['spared', {}],
    ['lax', { 'pod-security.kubernetes.io/enforce': 'privileged' }],
    ['strict', { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'v1.30' }],
    ['quiet', { 'pod-security.kubernetes.io/warn': 'privileged' }],
    ['quota', { 'pod-security.kubernetes.io/enforce': 'privileged', 'pod-security.kubernetes.io/warn': 'privileged' }],
  ] as const;
  for (const [name, labels] of spaces) {
    await compare(`the namespace ${name}`, post('/api/v1/namespaces', namespace(name, labels)));
    await put(`/api/v1/namespaces/${name}/serviceaccounts`, account);
  }
  for (const name of ['costly', 'dear', 'cheap'])
    await put('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 1,
    });
  await put('/apis/node.k8s.io/v1/runtimeclasses', {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'sandboxed' },
    handler: 'h',
  });
  await pause(3_000);
  const pod = (name: string, spec: JsonObject = {}, container: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
  });
  const privileged = { securityContext: { privileged: true } };
  for (const space of [both.namespace, ...spaces.map(([name]) => name)]) {
    const pods = `/api/v1/namespaces/${space}/pods`;
    await compare(`a plain pod in ${space}`, post(pods, pod('plain')));
    await compare(`a privileged pod in ${space}`, post(pods, pod('privileged', {}, privileged)));
    await compare(`a sandboxed pod in ${space}`, post(pods, pod('sandboxed', { runtimeClassName: 'sandboxed' }, privileged)));
    await compare(
      `a deployment in ${space}`,
      post(`/apis/apps/v1/namespaces/${space}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'r' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ...privileged }] } },
        },
      }),
    );
  }
  const label = (name: string, labels: JsonObject): HookedRequest => ({
    method: 'PATCH',
    path: `/api/v1/namespaces/${name}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels } },
  });
  await compare('a stricter namespace', label('lax', { 'pod-security.kubernetes.io/enforce': 'restricted' }));
  await compare('a namespace with the defaults', label('quiet', { 'pod-security.kubernetes.io/warn': null }));
  const asks = async (about: string) => {
    const pods = '/api/v1/namespaces/quota/pods';
    const suffix = about.replace(/ /g, '-');
    for (const priorityClassName of ['costly', 'dear', 'cheap'])
      await compare(`${about}: a ${priorityClassName} pod`, post(pods, pod(`${priorityClassName}-${suffix}`, { priorityClassName })));
    const huge = { resources: { requests: { cpu: '1', 'hugepages-2Mi': '2Mi' }, limits: { cpu: '1', 'hugepages-2Mi': '2Mi' } } };
    await compare(`${about}: huge pages`, post(pods, pod(`huge-${suffix}`, {}, huge)));
    for (const type of ['ClusterIP', 'NodePort', 'LoadBalancer'])
      await compare(`${about}: a service of type ${type}`, {
        ...post('/api/v1/namespaces/quota/services', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: `${type.toLowerCase()}-${suffix}` },
          spec: { type, clusterIP: '10.0.7.7', ports: [{ port: 1, ...(type === 'ClusterIP' ? {} : { nodePort: 30333 }) }] },
        }),
        query: { dryRun: 'All' },
      });
    await compare(
      `${about}: a deployment`,
      post('/apis/apps/v1/namespaces/quota/deployments', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `d-${suffix}` },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      }),
    );
    for (const storageClassName of ['', 'fast'])
      await compare(
        `${about}: a claim of class "${storageClassName}"`,
        post('/api/v1/namespaces/quota/persistentvolumeclaims', {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: `c${storageClassName}-${suffix}` },
          spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
        }),
      );
    await compare(
      `${about}: a secret`,
      post('/api/v1/namespaces/quota/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: suffix } }),
    );
  };
  await asks('without quotas');
  const quota = async (name: string, hard: JsonObject, more: JsonObject) => {
    const path = '/api/v1/namespaces/quota/resourcequotas';
    await put(path, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard, ...more } });
    const used = Object.fromEntries(Object.keys(hard).map((key) => [key, '0']));
    for (const side of ['real', 'ours'] as const)
      await both[side]({
        method: 'PATCH',
        path: `${path}/${name}/status`,
        contentType: 'application/merge-patch+json',
        body: { status: { hard, used } },
      });
  };
  await quota('costly', { pods: '1' }, { scopeSelector: { matchExpressions: [priority('In', 'costly')] } });
  await quota('things', { 'services.nodeports': '5', 'count/deployments.apps': '1' }, {});
  await pause(3_000);
  await asks('with quotas');
  await asks('with quotas again');
  assert.deepEqual(different, []);
});

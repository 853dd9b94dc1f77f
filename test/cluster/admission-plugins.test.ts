// The admission plugins that are off by default, with their configurations, before the real API server and ours: the same requests, the same
// answers, in one cluster where all of them are on.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { readAdmission } from '../../src/cli/admission.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { realCluster } from './cluster.ts';
import { differences, type HookedRequest, hooked } from './hooked.ts';

const plugins = [
  'AlwaysAdmit',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'LimitPodHardAntiAffinityTopology',
  'AlwaysPullImages',
  'ImagePolicyWebhook',
  'PodNodeSelector',
  'PodTolerationRestriction',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'DenyServiceExternalIPs',
];

/** What the backend of ImagePolicyWebhook says, by the first image. */
function imageAnswer(review: Json): JsonObject {
  const image = asString(field(asList(dig(review, 'spec', 'containers'))[0], 'image')) ?? '';
  const status = image.startsWith('bad/')
    ? { allowed: false, reason: `${image} is bad` }
    : { allowed: !image.startsWith('worse/'), auditAnnotations: { seen: 'yes' } };
  return { apiVersion: 'imagepolicy.k8s.io/v1alpha1', kind: 'ImageReview', spec: {}, status };
}

test('plugins that are off by default do what the real ones do', { timeout: 240_000 }, async (t) => {
  const place = folder(t, {});
  makeAuthority(place, 'images');
  const own = makeCertificate(place, { file: 'images', subject: '/CN=images', names: 'IP:127.0.0.1' });
  const asked: Json[] = [];
  const backend = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Json;
      asked.push({ url: request.url ?? '', review });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(imageAnswer(review)));
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    backend.closeAllConnections();
    backend.close();
  });
  const { port } = backend.address() as AddressInfo;
  const write = (name: string, value: Json) => {
    writeFileSync(join(place, name), JSON.stringify(value));
    return name;
  };
  write('images.kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'i', cluster: { server: `https://127.0.0.1:${port}/review`, 'certificate-authority': join(place, 'ca.crt') } }],
    users: [{ name: 'i', user: {} }],
    contexts: [{ name: 'i', context: { cluster: 'i', user: 'i' } }],
    'current-context': 'i',
  });
  const imagePolicy = { kubeConfigFile: join(place, 'images.kubeconfig'), allowTTL: 1, denyTTL: 1, retryBackoff: 1, defaultAllow: false };
  const limits = [
    { type: 'Server', qps: 1000, burst: 1000 },
    { type: 'Namespace', qps: 1, burst: 4, cacheSize: 10 },
    { type: 'SourceAndObject', qps: 1, burst: 2 },
  ];
  const toleration = (key: string) => ({ key, operator: 'Exists', effect: 'NoSchedule' });
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      { name: 'ImagePolicyWebhook', configuration: { imagePolicy } },
      {
        name: 'PodNodeSelector',
        path: write('selectors.json', { podNodeSelectorPluginConfig: { clusterDefaultNodeSelector: 'zone=a', narrow: 'zone=a,disk=ssd' } }),
      },
      {
        name: 'PodTolerationRestriction',
        configuration: {
          apiVersion: 'podtolerationrestriction.admission.k8s.io/v1alpha1',
          kind: 'Configuration',
          default: [toleration('given')],
          whitelist: [
            ...['given', 'allowed', 'node.kubernetes.io/memory-pressure', 'example.com/device'].map(toleration),
            ...['not-ready', 'unreachable'].map((name) => ({
              key: `node.kubernetes.io/${name}`,
              operator: 'Exists',
              effect: 'NoExecute',
              tolerationSeconds: 300,
            })),
          ],
        },
      },
      {
        name: 'EventRateLimit',
        path: write('events.json', { apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1', kind: 'Configuration', limits }),
      },
    ],
  };
  const file = join(place, write('admission.json', configuration));
  const flags = [`--enable-admission-plugins=${plugins.join(',')}`, `--admission-control-config-file=${file}`];
  const cluster = await realCluster(t, { own: true, apiServerFlags: flags });
  if (cluster === undefined) return;
  const admission = readAdmission({ enableAdmissionPlugins: [...plugins], admissionControlConfigFile: file, callWebhooks: true }, Date.now);
  assert.deepEqual(admission.told, []);
  const both = await hooked(t, cluster, {}, plugins, {}, admission);
  const different: string[] = [];
  const compare = async (about: string, request: HookedRequest) => {
    asked.length = 0;
    const real = await both.real(request);
    const seen = asked.splice(0);
    const ours = await both.ours(request);
    const lines = [...differences(real as unknown as Json, ours as unknown as Json), ...differences(seen, asked, '/asked')];
    different.push(...lines.map((line) => `${about}: ${line}`));
  };
  const pods = `/api/v1/namespaces/${both.namespace}/pods`;
  const pod = (name: string, spec: JsonObject = {}, image = `${name}:1`, resources: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'x.image-policy.k8s.io/break-glass': 'yes', other: 'no' } },
    spec: { containers: [{ name: 'c', image, resources }], ...spec },
  });
  const antiAffinity = (topologyKey: string) => ({
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: {} }] } },
  });
  for (const [about, body] of [
    ['a plain pod', pod('plain')],
    ['an image that is bad', pod('bad', {}, 'bad/i:1')],
    ['an image that is worse', pod('worse', {}, 'worse/i:1')],
    ['init containers too', pod('init', { initContainers: [{ name: 'i', image: 'init:1', imagePullPolicy: 'Never' }] })],
    ['another zone', pod('zone-b', { nodeSelector: { zone: 'b' } })],
    ['more selectors', pod('disk', { nodeSelector: { disk: 'ssd' } })],
    ['a toleration that may be', pod('tolerant', { tolerations: [toleration('allowed')] })],
    ['a toleration that may not be', pod('too-tolerant', { tolerations: [toleration('other')] })],
    ['a pod that asks for memory', pod('memory', {}, undefined, { requests: { memory: '1Mi' } })],
    ['an extended resource', pod('device', {}, undefined, { limits: { 'example.com/device': '1' } })],
    ['anti-affinity by host', pod('by-host', antiAffinity('kubernetes.io/hostname'))],
    ['anti-affinity by zone', pod('by-zone', antiAffinity('zone'))],
  ] as const)
    await compare(about, { method: 'POST', path: pods, body });
  const container = { spec: { ephemeralContainers: [{ name: 'e', image: 'bad/e:1', imagePullPolicy: 'Always' }] } };
  const strategic = 'application/strategic-merge-patch+json';
  await compare('an ephemeral container', {
    method: 'PATCH',
    path: `${pods}/plain/ephemeralcontainers`,
    contentType: strategic,
    body: container,
  });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports: [{ port: 1 }], clusterIP: 'None', externalIPs: ['1.2.3.4'] },
  };
  await compare('external addresses', { method: 'POST', path: `/api/v1/namespaces/${both.namespace}/services`, body: service });
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
  await compare('a namespace that is not there, dry', {
    method: 'POST',
    path: '/api/v1/namespaces/made/configmaps',
    query: { dryRun: 'All' },
    body: map,
  });
  await compare('a namespace that is not there', { method: 'POST', path: '/api/v1/namespaces/made/configmaps', body: map });
  await pause(500);
  await compare('the namespace that was made', {
    method: 'PATCH',
    path: '/api/v1/namespaces/made',
    contentType: 'application/merge-patch+json',
    body: {},
  });
  await compare('a namespace of its own whitelist', {
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'narrow' } },
  });
  await pause(500);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  for (const side of ['real', 'ours'] as const)
    await both[side]({ method: 'POST', path: '/api/v1/namespaces/narrow/serviceaccounts', body: account });
  await pause(500);
  for (const [name, nodeSelector] of [
    ['inside', { disk: 'ssd' }],
    ['outside', { disk: 'hdd' }],
  ] as const)
    await compare(`a selector ${name} the whitelist`, {
      method: 'POST',
      path: '/api/v1/namespaces/narrow/pods',
      body: pod(name, { nodeSelector }),
    });
  for (const [index, component] of ['a', 'a', 'a', 'b', 'c'].entries()) {
    const event: JsonObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `e${index}` },
      source: { component, host: 'h' },
      involvedObject: { kind: 'Pod', namespace: both.namespace, name: 'plain' },
    };
    await compare(`event ${index}`, { method: 'POST', path: `/api/v1/namespaces/${both.namespace}/events`, body: event });
  }
  assert.deepEqual(different, []);
});

test('a pod is resized on a node that has room for it', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await hooked(t, cluster, {});
  const node = (name: string, os: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/os': os } },
    status: { allocatable: { cpu: '1', memory: '1Gi' } },
  });
  const names = { linux: `linux-${both.namespace}`, windows: `windows-${both.namespace}`, none: `none-${both.namespace}` };
  for (const os of ['linux', 'windows'] as const)
    for (const side of ['real', 'ours'] as const) {
      const body = node(names[os], os);
      assert.equal((await both[side]({ method: 'POST', path: '/api/v1/nodes', body })).code, 201);
      await both[side]({ method: 'PUT', path: `/api/v1/nodes/${names[os]}/status`, body });
    }
  await pause(500);
  const pods = `/api/v1/namespaces/${both.namespace}/pods`;
  const different: string[] = [];
  for (const [os, cpu] of [
    ['linux', '500m'],
    ['linux', '3'],
    ['windows', '500m'],
    ['none', '500m'],
  ] as const) {
    const name = `${os}-${cpu}`;
    const resources = { requests: { cpu: '100m', memory: '1Mi' } };
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { nodeName: names[os], containers: [{ name: 'c', image: 'i:1', resources }] },
    };
    for (const side of ['real', 'ours'] as const) assert.equal((await both[side]({ method: 'POST', path: pods, body })).code, 201);
    const patch = { spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] } };
    const request = { method: 'PATCH', path: `${pods}/${name}/resize`, contentType: 'application/strategic-merge-patch+json', body: patch };
    different.push(...differences((await both.real(request)) as unknown as Json, (await both.ours(request)) as unknown as Json, name));
  }
  for (const os of ['linux', 'windows'] as const) await both.real({ method: 'DELETE', path: `/api/v1/nodes/${names[os]}` });
  assert.deepEqual(different, []);
});

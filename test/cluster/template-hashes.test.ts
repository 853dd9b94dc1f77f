// The names that the real controllers give to ReplicaSets and revisions, against ours: one template for each thing that a pod may have.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asList, asObject, asString, dig, type Json, type JsonObject } from '../../src/lib/json.ts';
import { podTemplateHash, revisionHash, revisionName, templatePatch } from '../../src/request/template-hash/hash.ts';
import { type Cluster, realCluster } from './cluster.ts';

const container = (more: JsonObject = {}): Json => ({ name: 'c', image: 'registry.example/c:1', ...more });
const volume = (source: JsonObject): JsonObject => ({ volumes: [{ name: 'v', ...source }], containers: [container()] });
const one = (more: JsonObject): JsonObject => ({ containers: [container(more)] });
const terms = {
  nodeSelectorTerms: [
    {
      matchExpressions: [
        { key: 'k', operator: 'In', values: ['a', 'b'] },
        { key: 'l', operator: 'Exists' },
      ],
    },
  ],
};
const near = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } }, namespaceSelector: {} };

const specs: readonly JsonObject[] = [
  one({}),
  one({ command: ['sh', '-c'], args: ['<a> & "b" \u2028 é 😀'], workingDir: '/w' }),
  one({
    ports: [
      { containerPort: 80, name: 'http' },
      { containerPort: 53, protocol: 'UDP', hostPort: 53 },
    ],
  }),
  one({
    env: [
      { name: 'A', value: '' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  }),
  one({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } }] }),
  one({
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: false } } }],
    envFrom: [{ configMapRef: { name: 'm' } }],
  }),
  one({ resources: { limits: { cpu: '1.5', memory: '2e9', 'ephemeral-storage': '100Ti' }, requests: { cpu: '100m', memory: '1024Mi' } } }),
  one({ resources: { limits: { memory: '1234567890123456789' }, requests: { memory: '1Pi' } } }),
  one({ resources: { limits: { cpu: '0.0005', memory: '10e3', 'example.com/gpu': '2' } } }),
  one({
    livenessProbe: { httpGet: { path: '/', port: 'http', httpHeaders: [{ name: 'a', value: 'b' }] } },
    readinessProbe: { tcpSocket: { port: 80 } },
  }),
  one({ startupProbe: { exec: { command: ['true'] }, periodSeconds: 3 }, lifecycle: { preStop: { sleep: { seconds: 3 } } } }),
  one({
    securityContext: {
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  }),
  one({ securityContext: { privileged: false, runAsUser: 0, readOnlyRootFilesystem: true, seLinuxOptions: { level: 's0' } } }),
  volume({ emptyDir: {} }),
  volume({ emptyDir: { medium: 'Memory', sizeLimit: '0.5' } }),
  volume({ emptyDir: { sizeLimit: '16Ei' } }),
  volume({ hostPath: { path: '/' } }),
  volume({ secret: { secretName: 's', items: [{ key: 'a', path: 'b', mode: 0o400 }] } }),
  volume({
    projected: {
      sources: [
        { serviceAccountToken: { path: 't' } },
        { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
    },
  }),
  volume({ csi: { driver: 'a.example', volumeAttributes: { b: '1', a: '2', '10': '3', '9': '4' } } }),
  volume({ ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } } }),
  volume({ image: { reference: 'registry.example/i:1' } }),
  volume({ nfs: { server: 's', path: '/' } }),
  volume({ configMap: { name: 'm', defaultMode: 0 } }),
  { ...one({}), initContainers: [container({ name: 'i', restartPolicy: 'Always' })] },
  { ...one({}), affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
  {
    ...one({}),
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near }] } },
  },
  {
    ...one({}),
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {}, matchLabelKeys: ['n'] },
    ],
  },
  { ...one({}), tolerations: [{ operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 0 }] },
  { ...one({}), nodeSelector: { b: 'c', a: '' }, hostAliases: [{ ip: '10.0.0.9', hostnames: ['a', 'b'] }] },
  {
    ...one({}),
    hostNetwork: true,
    hostPID: true,
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['10.0.0.9'], options: [{ name: 'ndots', value: '1' }] },
  },
  {
    ...one({}),
    securityContext: { fsGroup: 0, supplementalGroups: [1, 2], sysctls: [{ name: 'net.a', value: '1' }] },
    shareProcessNamespace: false,
  },
  {
    ...one({}),
    serviceAccountName: 'a',
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 's' }],
    enableServiceLinks: false,
  },
  {
    ...one({}),
    terminationGracePeriodSeconds: 0,
    hostname: 'h',
    subdomain: 's',
    setHostnameAsFQDN: true,
    hostUsers: true,
    os: { name: 'linux' },
  },
  {
    ...one({}),
    readinessGates: [{ conditionType: 'a.example/b' }],
    schedulingGates: [{ name: 'a.example/g' }],
    resources: { requests: { cpu: '1' } },
  },
];

const annotations = { 'a.example/x': '<&>\u2028', '10': 'ten', '9': 'nine' };

function owners(namespace: string): readonly JsonObject[] {
  return specs.flatMap((spec, index) =>
    ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => {
      const labels = { n: `${kind}${index}`.toLowerCase() };
      const template = { metadata: { labels, ...(index % 2 === 0 ? { annotations } : {}) }, spec };
      const more = kind === 'Deployment' ? { replicas: 0 } : kind === 'StatefulSet' ? { replicas: 0, serviceName: 's' } : {};
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: labels.n, namespace },
        spec: { ...more, selector: { matchLabels: labels }, template },
      };
    }),
  );
}

test('ReplicaSets and revisions have the names that the real controllers give', { timeout: 180_000 }, async (t) => {
  const cluster = await realCluster(t, { controllers: true });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('hashes');
  const made = new Map<Json | undefined, JsonObject>();
  for (const owner of owners(namespace)) {
    const { status, body, text } = await cluster.api(
      'POST',
      `/apis/apps/v1/namespaces/${namespace}/${asString(owner.kind)?.toLowerCase()}s`,
      owner,
    );
    assert.equal(status, 201, text);
    made.set(dig(body, 'metadata', 'uid'), asObject(body));
  }
  const [sets, revisions] = [
    await all(cluster, namespace, 'replicasets', specs.length),
    await all(cluster, namespace, 'controllerrevisions', 2 * specs.length),
  ];
  assert.deepEqual([sets.length, revisions.length], [specs.length, 2 * specs.length]);
  for (const child of [...sets, ...revisions]) {
    const owner = made.get(dig(child, 'metadata', 'ownerReferences', 0, 'uid')) ?? {};
    const hash =
      owner.kind === 'StatefulSet' ? revisionHash(templatePatch(owner)) : podTemplateHash(dig(owner, 'spec', 'template') ?? null);
    const name = asString(dig(owner, 'metadata', 'name')) ?? '';
    assert.equal(dig(child, 'metadata', 'name'), revisionName(name, hash ?? ''), JSON.stringify(dig(owner, 'spec', 'template')));
  }
});

/** All that the controllers make, once they have made it. */
async function all(cluster: Cluster, namespace: string, plural: string, count: number): Promise<readonly Json[]> {
  for (let tries = 0; ; tries++) {
    const { body } = await cluster.api('GET', `/apis/apps/v1/namespaces/${namespace}/${plural}`);
    const items = asList(dig(body, 'items'));
    if (items.length >= count || tries > 300) return items;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

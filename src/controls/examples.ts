// The material of controls' examples: one hardened cluster that passes every control, and ways to break one thing in it.
// `cluster(deployment({ pod: { hostPID: true } }))` is everything right but that.

import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Example } from './control.ts';

const digest = 'sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1';

/** A container with nothing to complain about. */
export function container(change: JsonObject = {}): JsonObject {
  return {
    name: 'app',
    image: `registry.example.com/shop/app:1.4.2@${digest}`,
    imagePullPolicy: 'Always',
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: {
      requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
      limits: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
    },
    livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    ...change,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
      ...((change.securityContext as JsonObject | undefined) ?? {}),
    },
  };
}

/** A pod spec with nothing to complain about. */
export function podSpec(change: JsonObject = {}): JsonObject {
  return {
    serviceAccountName: 'app',
    automountServiceAccountToken: false,
    hostUsers: false,
    priorityClassName: 'shop',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
      appArmorProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'app' } },
      },
    ],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['shop'] }] }],
        },
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'app' } } },
          },
        ],
      },
    },
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    containers: [container()],
    ...change,
  };
}

const labels = {
  'app.kubernetes.io/name': 'app',
  'app.kubernetes.io/instance': 'app',
  'app.kubernetes.io/version': '1.4.2',
  'app.kubernetes.io/component': 'web',
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/managed-by': 'kubectl',
};

/** The hardened Deployment, with changes to its pod's spec, to its own spec and to its metadata. */
export function deployment(
  change: { readonly pod?: JsonObject; readonly spec?: JsonObject; readonly metadata?: JsonObject; readonly podMetadata?: JsonObject } = {},
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'shop', labels, ...change.metadata },
    spec: {
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      selector: { matchLabels: { 'app.kubernetes.io/name': 'app' } },
      template: { metadata: { labels, ...change.podMetadata }, spec: podSpec(change.pod) },
      ...change.spec,
    },
  };
}

/** The hardened Deployment with one container changed. */
export function withContainer(change: JsonObject): KubeObject {
  return deployment({ pod: { containers: [container(change)] } });
}

/** The Deployment with `extra` among its init containers. */
export function withInitContainer(change: JsonObject): KubeObject {
  const { livenessProbe: _liveness, readinessProbe: _readiness, ports: _ports, ...plain } = container({ name: 'init' });
  return deployment({
    pod: {
      initContainers: [
        {
          ...plain,
          ...change,
          securityContext: { ...(plain.securityContext as JsonObject), ...((change.securityContext as JsonObject | undefined) ?? {}) },
        },
      ],
    },
  });
}

/** What surrounds the Deployment in the hardened namespace: everything that controls of the namespace ask for. */
export const surroundings: readonly KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'shop',
      labels: {
        'app.kubernetes.io/part-of': 'shop',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
      },
    },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app', namespace: 'shop', labels }, automountServiceAccountToken: false },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'app', namespace: 'shop', labels },
    rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['app-settings'], verbs: ['get', 'watch'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'app', namespace: 'shop', labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'app' },
    subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'shop' }],
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'shop' },
    value: 1000,
    description: 'Workloads of the shop',
  },
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'defaults', namespace: 'shop' },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
          defaultRequest: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
          max: { cpu: '2', memory: '2Gi' },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'quota', namespace: 'shop' },
    spec: { hard: { 'requests.cpu': '10', 'limits.cpu': '20', 'requests.memory': '16Gi', 'limits.memory': '32Gi', pods: '50' } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: { 'app.kubernetes.io/name': 'app' } } },
  },
];

/** The surroundings and these objects; an object with the identity of one of the surroundings takes its place. */
export function cluster(...objects: readonly KubeObject[]): Example {
  const own = new Set(objects.map(identity));
  return [...surroundings.filter((object) => !own.has(identity(object))), ...objects];
}

/** The surroundings without some kinds, and these objects. `clusterWithout(['NetworkPolicy'], deployment())`. */
export function clusterWithout(kinds: readonly string[], ...objects: readonly KubeObject[]): Example {
  return cluster(...objects).filter((object) => objects.includes(object) || !kinds.includes(object.kind));
}

function identity(object: KubeObject): string {
  return `${object.apiVersion}/${object.kind}/${String(object.metadata?.namespace)}/${String(object.metadata?.name)}`;
}

/** A node of a supported version; `info` changes what it reports about itself. */
export function node(info: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux' } },
    status: {
      nodeInfo: { kubeletVersion: 'v1.36.3', containerRuntimeVersion: 'containerd://2.2.1', operatingSystem: 'linux', ...info },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

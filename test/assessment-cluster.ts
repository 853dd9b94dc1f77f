// A small cluster as a snapshot, for tests of the assessment: nodes in zones, workloads with their pods placed, volumes and a backup.

import type { KubeObject } from '../src/kube/object.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { resource, type Snapshot, snapshot } from '../src/snapshot/snapshot.ts';

/** A snapshot of objects; `live` as if read from a cluster. */
export function snapshotOf(objects: readonly KubeObject[], live = true): Snapshot {
  return snapshot({
    resources: objects.map((object) => resource(object, { kind: 'memory' })),
    facts: { kubernetesVersion: '1.36', versionKnown: true, live },
  });
}

export function node(
  name: string,
  zone: string | undefined,
  more: { readonly labels?: JsonObject; readonly status?: JsonObject; readonly spec?: JsonObject } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }), ...more.labels },
    },
    spec: more.spec ?? {},
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: 'v1.36.3' },
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      ...more.status,
    },
  };
}

const template = (app: string, spec: JsonObject) => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ name: 'app', image: `registry.example/${app}:1`, resources: { requests: { cpu: '1', memory: '1Gi' } } }],
    ...spec,
  },
});

/** A workload with one pod on each of these nodes. */
export function workload(
  kind: 'Deployment' | 'StatefulSet',
  name: string,
  nodes: readonly string[],
  more: { readonly pod?: JsonObject; readonly spec?: JsonObject } = {},
): readonly KubeObject[] {
  const owner = { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true };
  return [
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace: 'shop', uid: `uid-${name}` },
      spec: { replicas: nodes.length, selector: { matchLabels: { app: name } }, template: template(name, more.pod ?? {}), ...more.spec },
    },
    ...nodes.map(
      (nodeName, index): KubeObject => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${name}-${index}`, namespace: 'shop', labels: { app: name }, ownerReferences: [owner] },
        spec: { ...template(name, podVolumes(more.pod, name, index, more.spec)).spec, nodeName },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      }),
    ),
  ];
}

/** A StatefulSet's pods mount the claims made of its templates. */
function podVolumes(pod: JsonObject = {}, name: string, index: number, spec: JsonObject = {}): JsonObject {
  if (spec.volumeClaimTemplates === undefined) return pod;
  return { ...pod, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}-${index}` } }] };
}

export function service(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  };
}

/** A claim bound to a volume that lies in a zone, or on a node's disk. */
export function claim(name: string, place: { readonly zone: string } | { readonly node: string }): readonly KubeObject[] {
  const [key, value] = 'zone' in place ? ['topology.kubernetes.io/zone', place.zone] : ['kubernetes.io/hostname', place.node];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'shop' },
      spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], volumeName: `pv-${name}` },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}` },
      spec: {
        ...('node' in place ? { local: { path: '/data' } } : { csi: { driver: 'ebs.csi.aws.com' } }),
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] } },
      },
      status: { phase: 'Bound' },
    },
  ];
}

export function velero(namespaces: readonly string[]): KubeObject {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: 'nightly', namespace: 'velero' },
    spec: { schedule: '0 1 * * *', template: { includedNamespaces: [...namespaces] } },
  };
}

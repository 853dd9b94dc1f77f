// What a node needs for the pods bound to it, as the graph of kube-apiserver's Node authorizer (1.36, plugin/pkg/auth/authorizer/node,
// graph.go): secrets, config maps, claims, service accounts and resource claims of its pods, the volumes of their claims, the secrets of
// those volumes, and what names the node itself. Mirror pods give nothing: a node makes those by itself.
// Left out: claims of extended resources, which only the scheduler writes into a pod's status.

import { annotationsOf } from '../kube/object.ts';
import { asList, asString, dig, field, type Json } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

export type Vertex =
  | 'configmap'
  | 'pod'
  | 'podcertificaterequest'
  | 'pv'
  | 'pvc'
  | 'resourceclaim'
  | 'resourceslice'
  | 'secret'
  | 'serviceaccount'
  | 'volumeattachment';

export interface NodeGraph {
  /** True where something bound to the node leads to the object. Objects outside of namespaces have the namespace ''. */
  readonly isRelated: (node: string, kind: Vertex, namespace: string, name: string) => boolean;
}

const cache = new WeakMap<Snapshot, NodeGraph>();

/** The graph of a snapshot, made on first use. */
export function nodeGraph(snapshot: Snapshot): NodeGraph {
  let graph = cache.get(snapshot);
  if (graph === undefined) {
    graph = build(snapshot);
    cache.set(snapshot, graph);
  }
  return graph;
}

function build(snapshot: Snapshot): NodeGraph {
  const nodes = new Map<string, Set<string>>();
  const volumes = new Map<string, string[]>();
  for (const volume of ofKind(snapshot, '', 'PersistentVolume')) {
    const claim = field(field(volume.object, 'spec'), 'claimRef');
    const namespace = asString(field(claim, 'namespace')) ?? '';
    const key = keyOf('pvc', namespace, asString(field(claim, 'name')) ?? '');
    const through = [keyOf('pv', '', volume.name), ...secretsOfVolume(volume, namespace)];
    volumes.set(key, [...(volumes.get(key) ?? []), ...through]);
  }
  const add = (node: string, key: string) => {
    if (node === '') return;
    const known = nodes.get(node) ?? new Set<string>();
    nodes.set(node, known.add(key));
    for (const further of volumes.get(key) ?? []) known.add(further);
  };
  for (const pod of ofKind(snapshot, '', 'Pod')) for (const key of keysOfPod(pod)) add(nodeOf(pod), key);
  for (const one of ofKind(snapshot, 'storage.k8s.io', 'VolumeAttachment')) add(nodeOf(one), keyOf('volumeattachment', '', one.name));
  for (const one of ofKind(snapshot, 'resource.k8s.io', 'ResourceSlice')) add(nodeOf(one), keyOf('resourceslice', '', one.name));
  for (const one of ofKind(snapshot, 'certificates.k8s.io', 'PodCertificateRequest'))
    add(nodeOf(one), keyOf('podcertificaterequest', one.namespace, one.name));
  return { isRelated: (node, kind, namespace, name) => nodes.get(node)?.has(keyOf(kind, namespace, name)) === true };
}

function keyOf(kind: Vertex, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function nodeOf(resource: Resource): string {
  return asString(dig(resource.object, 'spec', 'nodeName')) ?? '';
}

/** The pod itself and everything it names. */
function keysOfPod({ object, namespace, name }: Resource): readonly string[] {
  const own = keyOf('pod', namespace, name);
  if (annotationsOf(object)['kubernetes.io/config.mirror'] !== undefined) return [own];
  const spec = field(object, 'spec');
  const named = (kind: Vertex, names: readonly (Json | undefined)[]) =>
    names.map(asString).flatMap((one) => (one === undefined || one === '' ? [] : [keyOf(kind, namespace, one)]));
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => asList(field(spec, list)));
  const env = containers.flatMap((container) => asList(field(container, 'env')).map((variable) => field(variable, 'valueFrom')));
  const envFrom = containers.flatMap((container) => asList(field(container, 'envFrom')));
  const volumes = asList(field(spec, 'volumes'));
  const projected = volumes.flatMap((volume) => asList(dig(volume, 'projected', 'sources')));
  return [
    own,
    ...named('serviceaccount', [field(spec, 'serviceAccountName')]),
    ...named('secret', [
      ...asList(field(spec, 'imagePullSecrets')).map((one) => field(one, 'name')),
      ...env.map((from) => dig(from, 'secretKeyRef', 'name')),
      ...envFrom.map((from) => dig(from, 'secretRef', 'name')),
      ...projected.map((source) => dig(source, 'secret', 'name')),
      ...volumes.flatMap((volume) => [
        dig(volume, 'secret', 'secretName'),
        dig(volume, 'azureFile', 'secretName'),
        dig(volume, 'csi', 'nodePublishSecretRef', 'name'),
        ...withSecretRef.map((type) => dig(volume, type, 'secretRef', 'name')),
      ]),
    ]),
    ...named('configmap', [
      ...env.map((from) => dig(from, 'configMapKeyRef', 'name')),
      ...envFrom.map((from) => dig(from, 'configMapRef', 'name')),
      ...volumes.map((volume) => dig(volume, 'configMap', 'name')),
      ...projected.map((source) => dig(source, 'configMap', 'name')),
    ]),
    ...named('pvc', [
      ...volumes.map((volume) => dig(volume, 'persistentVolumeClaim', 'claimName')),
      ...volumes.map((volume) => (field(volume, 'ephemeral') ? `${name}-${asString(field(volume, 'name')) ?? ''}` : undefined)),
    ]),
    ...named('resourceclaim', resourceClaims(object)),
  ];
}

const withSecretRef = ['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'];

/** Claims that a pod names, and those made for it from templates, which its status names. */
function resourceClaims(object: unknown): readonly (Json | undefined)[] {
  const made = asList(dig(object, 'status', 'resourceClaimStatuses'));
  return asList(dig(object, 'spec', 'resourceClaims')).map((claim) => {
    const direct = field(claim, 'resourceClaimName') ?? dig(claim, 'source', 'resourceClaimName');
    return (
      direct ??
      field(
        made.find((status) => field(status, 'name') === field(claim, 'name')),
        'resourceClaimName',
      )
    );
  });
}

/** Secrets of a volume that the kubelet reads; those for the control plane stay out. A secret without a namespace is in the claim's. */
function secretsOfVolume({ object }: Resource, claimNamespace: string): readonly string[] {
  const spec = field(object, 'spec');
  if (field(spec, 'claimRef') === undefined) return [];
  const references = [
    ...withSecretRef.map((type) => dig(spec, type, 'secretRef')),
    ...['nodePublishSecretRef', 'nodeStageSecretRef', 'nodeExpandSecretRef'].map((name) => dig(spec, 'csi', name)),
  ].map((reference) => [field(reference, 'namespace'), field(reference, 'name')]);
  const all = [...references, [dig(spec, 'azureFile', 'secretNamespace'), dig(spec, 'azureFile', 'secretName')]];
  return all.flatMap(([namespace, name]) => {
    const secret = asString(name) ?? '';
    return secret === '' ? [] : [keyOf('secret', asString(namespace) || claimNamespace, secret)];
  });
}

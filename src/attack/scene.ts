// Everything an edge looks at to find its instances: the snapshot, the containers, who holds which right, what admission lets in, what the
// network lets through, and the graph it adds to. Made once a snapshot; what is costly is made when an edge first asks.

import { serviceAccountName, type TokenMount, tokenMount, tokenVolumes } from '../identity/tokens.ts';
import { labelsOf } from '../kube/object.ts';
import { asString, dig, field } from '../lib/json.ts';
import { type Exposure, exposure } from '../network/exposure.ts';
import { minorOf } from '../policy/pod-security/version.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type Admission, admissionOf } from './admission.ts';
import { type ContainerOf, type PodsOf, podsOf } from './containers.ts';
import { GraphBuilder } from './graph.ts';
import { Rights } from './rights.ts';

export interface NodeFacts {
  readonly name: string;
  readonly resource: Resource | undefined;
  readonly isControlPlane: boolean;
}

export interface Scene {
  readonly snapshot: Snapshot;
  readonly graph: GraphBuilder;
  /** Minor version of Kubernetes: 36. */
  readonly minor: number;
  readonly pods: readonly PodsOf[];
  readonly containers: readonly ContainerOf[];
  readonly rights: Rights;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  /** Namespaces of anything in the snapshot. */
  readonly namespaces: readonly string[];
  readonly provider: 'aws' | 'gcp' | 'azure' | 'none' | undefined;
  readonly admission: (namespace: string) => Admission;
  readonly exposure: () => Exposure;
  /** Whether the pods of a workload carry a token for the API server, and whose. */
  readonly token: (pods: PodsOf) => TokenMount & { readonly volumes: readonly string[] };
}

/** Sets the scene of a snapshot. */
export function sceneOf(snapshot: Snapshot): Scene {
  const graph = new GraphBuilder();
  const pods = podsOf(snapshot, ({ namespace, kind, name }, container) =>
    graph.vertex('container', namespace, `${kind === 'Pod' ? '' : `${kind} `}${name}${container === '' ? '' : `/${container}`}`),
  );
  for (const { containers, endpoints } of pods) for (const { vertex } of containers) graph.label(vertex, endpoints[0]?.labels ?? {});
  let exposed: Exposure | undefined;
  const tokens = new Map<PodsOf, TokenMount & { readonly volumes: readonly string[] }>();
  return {
    snapshot,
    graph,
    minor: minorOf(snapshot.facts.kubernetesVersion),
    pods,
    containers: pods.flatMap(({ containers }) => containers),
    rights: new Rights(snapshot, graph),
    nodes: nodesOf(snapshot, pods),
    namespaces: [...new Set(snapshot.resources.map((one) => (one.kind === 'Namespace' ? one.name : one.namespace)))]
      .filter((name) => name !== '')
      .sort(),
    provider: providerOf(snapshot),
    admission: admissionOf(snapshot),
    exposure: () => {
      exposed ??= exposureOf(snapshot);
      return exposed;
    },
    token: (of) => {
      let found = tokens.get(of);
      if (found === undefined) {
        found = mountOf(snapshot, of);
        tokens.set(of, found);
      }
      return found;
    },
  };
}

const exposures = new WeakMap<Resource, { readonly resources: readonly Resource[]; readonly exposure: Exposure }>();

/** The exposure of a snapshot; taken over where nothing but rights has changed. */
function exposureOf(snapshot: Snapshot): Exposure {
  const resources = snapshot.resources.filter(({ group }) => group !== 'rbac.authorization.k8s.io');
  const [first] = resources;
  const known = first === undefined ? undefined : exposures.get(first);
  if (known !== undefined && known.resources.length === resources.length && resources.every((one, index) => one === known.resources[index]))
    return known.exposure;
  const made = exposure({ ...snapshot, resources });
  if (first !== undefined) exposures.set(first, { resources, exposure: made });
  return made;
}

function mountOf(snapshot: Snapshot, { workload, endpoints }: PodsOf): TokenMount & { readonly volumes: readonly string[] } {
  let best: (TokenMount & { readonly volumes: readonly string[] }) | undefined;
  for (const { pod } of endpoints) {
    const mount = { ...tokenMount(snapshot, workload.namespace, pod), volumes: tokenVolumes(pod) };
    if (mount.state === 'mounted' || mount.volumes.length > 0) return mount;
    best ??= mount;
  }
  return best ?? { state: 'off', decidedBy: 'pod', account: 'default', accountResource: undefined, volumes: [] };
}

function nodesOf(snapshot: Snapshot, pods: readonly PodsOf[]): ReadonlyMap<string, NodeFacts> {
  const nodes = new Map<string, NodeFacts>();
  for (const resource of ofKind(snapshot, '', 'Node')) {
    const labels = labelsOf(resource.object);
    const isControlPlane = ['control-plane', 'master', 'etcd'].some(
      (role) => Object.hasOwn(labels, `node-role.kubernetes.io/${role}`) || labels[`node-role.kubernetes.io/${role}`] !== undefined,
    );
    nodes.set(resource.name, { name: resource.name, resource, isControlPlane });
  }
  for (const { nodes: names, workload } of pods)
    for (const name of names) {
      const known = nodes.get(name);
      const runsServer = workload.namespace === 'kube-system' && workload.name.startsWith('kube-apiserver');
      if (known === undefined || (runsServer && !known.isControlPlane))
        nodes.set(name, { name, resource: known?.resource, isControlPlane: runsServer || known?.isControlPlane === true });
    }
  return nodes;
}

/** Which cloud the machines are of, from what nodes say of themselves; undefined where no node was seen. */
function providerOf(snapshot: Snapshot): Scene['provider'] {
  const byDistribution = { eks: 'aws', gke: 'gcp', aks: 'azure' } as const;
  const { distribution } = snapshot.facts;
  if (distribution === 'eks' || distribution === 'gke' || distribution === 'aks') return byDistribution[distribution];
  const nodes = ofKind(snapshot, '', 'Node');
  for (const { object } of nodes) {
    const id = asString(dig(object, 'spec', 'providerID')) ?? '';
    if (id.startsWith('aws:')) return 'aws';
    if (id.startsWith('gce:')) return 'gcp';
    if (id.startsWith('azure:')) return 'azure';
    const labels = Object.keys(labelsOf(object));
    if (labels.some((label) => label.startsWith('eks.amazonaws.com/'))) return 'aws';
    if (labels.some((label) => label.startsWith('cloud.google.com/gke-'))) return 'gcp';
    if (labels.some((label) => label.startsWith('kubernetes.azure.com/'))) return 'azure';
  }
  return nodes.length === 0 ? undefined : 'none';
}

/** The service account the pods of a workload run as. */
export function accountOf({ endpoints }: PodsOf): string {
  const pod = endpoints[0]?.pod;
  return pod === undefined ? 'default' : serviceAccountName(pod);
}

/** True where a field of an object is there and not null. */
export function isSet(object: unknown, key: string): boolean {
  const value = field(object, key);
  return value !== undefined && value !== null;
}

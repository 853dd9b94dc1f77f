// Edge imds. A machine of a cloud gives its own credentials to whoever asks 169.254.169.254 from it. Whether a pod's packets get there is a
// question of network policies; whether a hop limit stops them, one of the machine, which is not read: the edge is unknown but for pods on
// the network of their host.

import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';

const clouds = {
  aws: 'the IAM role of the nodes',
  gcp: 'the service account of the nodes',
  azure: 'the managed identity of the nodes',
} as const;

export const imds: Edge = {
  id: 'imds',
  title: 'Asks the cloud for the credentials of its node',
  needs: 'a way to the metadata service of the cloud',
  gains: 'the cloud role of the nodes',
  technique: { attack: 'T1552.005', matrix: 'Instance Metadata API' },
  fix: 'keep pods from 169.254.169.254 by policy and by a hop limit of 1',
  cost: 2,
  derive: (scene) => {
    const { graph, provider, pods, exposure } = scene;
    if (provider === 'none' || pods.length === 0) return;
    if (provider === undefined) {
      graph.undecided('imds', 'whether the nodes are machines of a cloud is not known');
      return;
    }
    const metadata = new Map(exposure().workloads.map(({ workload, toMetadata }) => [workloadKey(workload), toMetadata]));
    for (const { workload, containers, endpoints } of pods) {
      const onHost = endpoints.some(({ hostNetwork }) => hostNetwork);
      if (!onHost && !(metadata.get(workloadKey(workload)) ?? []).some((name) => name.startsWith('instance metadata'))) continue;
      const resource = endpoints[0]?.resource;
      const text = onHost
        ? 'lives on the network of its host'
        : 'no policy keeps it from 169.254.169.254; a hop limit of 1 would, and is not read';
      for (const { vertex } of containers)
        graph.arc(vertex, graph.vertex('cloud', '', clouds[provider]), {
          edge: 'imds',
          cost: onHost ? 2 : 5,
          known: onHost,
          evidence: [{ ...(resource === undefined ? {} : { resource }), path: '', text }],
        });
    }
  },
  example: {
    objects: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker' }, spec: { providerID: 'aws:///eu-west-1a/i-1' } }, pod()],
    notRepairedHere: true,
  },
};

function workloadKey({ kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string }): string {
  return `${kind} ${namespace}/${name}`;
}

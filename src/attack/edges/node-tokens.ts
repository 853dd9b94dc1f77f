// Edge node-tokens. Root on a node reads the tokens of all pods that run on it. Where pods are not placed yet, which of them share a node is
// the scheduler's choice: unknown, but for DaemonSets, which run on all.

import type { PodsOf } from '../containers.ts';
import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';
import type { Scene } from '../scene.ts';

export const nodeTokens: Edge = {
  id: 'node-tokens',
  title: 'Takes the tokens of the pods on a node',
  needs: 'root or the files of a node',
  gains: 'the service accounts of its pods',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'keep workloads that could fall apart from strong service accounts: other nodes, other pools',
  cost: 1,
  derive: (scene) => {
    const { graph, nodes } = scene;
    const anywhere = graph.find('node', '', '*');
    const somewhere = [graph.find('node', '', ''), graph.find('node-files', '', '')].filter((vertex) => vertex !== undefined);
    for (const name of nodes.keys()) {
      const vertex = graph.find('node', '', name) ?? (anywhere === undefined ? undefined : graph.vertex('node', '', name));
      const chosen = nodes.get(name)?.isControlPlane !== true;
      if (vertex !== undefined && anywhere !== undefined && chosen) graph.arc(anywhere, vertex, { role: 'spread', cost: 0 });
    }
    for (const pods of scene.pods) {
      const { account, state, volumes } = scene.token(pods);
      if (state === 'off' && volumes.length === 0) continue;
      const holder = graph.vertex('service-account', pods.workload.namespace, account);
      const placed = pods.nodes.flatMap((name) => [graph.find('node', '', name), graph.find('node-files', '', name)]);
      for (const vertex of placed) if (vertex !== undefined) add(scene, pods, vertex, holder, true, 'runs on the node');
      if (anywhere !== undefined) add(scene, pods, anywhere, holder, true, 'runs on some node, and the attacker chooses his');
      if (pods.nodes.length > 0) continue;
      const everywhere = pods.workload.kind === 'DaemonSet';
      for (const vertex of somewhere)
        add(
          scene,
          pods,
          vertex,
          holder,
          everywhere,
          everywhere ? 'runs on every node' : 'is not placed yet: whether it shares the node is the choice of the scheduler',
        );
    }
  },
  example: {
    objects: [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app', namespace: 'shop' } },
      pod({ securityContext: { privileged: true } }, { automountServiceAccountToken: true, serviceAccountName: 'app', nodeName: 'worker' }),
    ],
    also: ['privileged', 'sa-automount'],
  },
};

function add({ graph }: Scene, { endpoints, text }: PodsOf, from: number, to: number, known: boolean, why: string): void {
  const resource = endpoints[0]?.resource;
  const evidence = [{ ...(resource === undefined ? {} : { resource }), path: '', text: `${text} ${why}` }];
  graph.arc(from, to, { edge: 'node-tokens', cost: known ? 1 : 3, known, evidence });
}

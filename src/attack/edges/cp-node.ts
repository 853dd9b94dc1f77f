// Edge cp-node. On a node of the control plane lie the keys of the certificate authority and of service accounts, and the state of the
// cluster: whoever is root there signs himself any identity.

import type { Edge } from '../edge.ts';
import { pod } from '../examples.ts';

export const cpNode: Edge = {
  id: 'cp-node',
  title: 'Takes the keys of the cluster',
  needs: 'root or the files of a control-plane node',
  gains: 'cluster-admin, and the state of the cluster',
  technique: { attack: 'T1552.004', matrix: '' },
  fix: 'run no workload on the control plane',
  cost: 1,
  derive: ({ graph, nodes }) => {
    const crown = () => [graph.vertex('cluster-admin'), graph.vertex('etcd')];
    for (const { name, isControlPlane } of nodes.values())
      if (isControlPlane)
        for (const vertex of [graph.find('node', '', name), graph.find('node-files', '', name)])
          if (vertex !== undefined)
            for (const gain of crown())
              graph.arc(vertex, gain, { edge: 'cp-node', evidence: [{ text: `${name} is a node of the control plane`, path: '' }] });
    const hub = graph.find('control-plane');
    if (hub !== undefined)
      for (const gain of crown())
        graph.arc(hub, gain, { edge: 'cp-node', evidence: [{ text: 'the keys of the control plane lie on its nodes', path: '' }] });
  },
  example: {
    objects: [
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'first', labels: { 'node-role.kubernetes.io/control-plane': '' } } },
      pod({ securityContext: { privileged: true } }, { nodeName: 'first' }),
    ],
    also: ['privileged'],
  },
};

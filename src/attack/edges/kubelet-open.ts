// Edge kubelet-open. A kubelet that takes anonymous requests, or allows every one, runs commands in its pods for whoever reaches port 10250.
// Its KubeletConfiguration says so where it was read.

import { dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Edge } from '../edge.ts';
import { setting } from '../repair.ts';

export const kubeletOpen: Edge = {
  id: 'kubelet-open',
  title: 'Commands a kubelet over the network',
  needs: 'a kubelet with anonymous requests or AlwaysAllow',
  gains: 'code in every pod of the node',
  technique: { attack: 'T1133', matrix: 'Access Kubelet API' },
  fix: 'set authentication.anonymous.enabled: false and authorization.mode: Webhook',
  cost: 1,
  derive: ({ graph, snapshot }) => {
    const found = ofKind(snapshot, 'kubelet.config.k8s.io', 'KubeletConfiguration');
    if (found.length === 0) graph.undecided('kubelet-open', 'the settings of the kubelets were not read');
    for (const resource of found) {
      const anonymous = dig(resource.object, 'authentication', 'anonymous', 'enabled') === true;
      const always = dig(resource.object, 'authorization', 'mode') === 'AlwaysAllow';
      if (!always) continue;
      const text = `the kubelet allows every request${anonymous ? ', anonymous ones too' : ' of anybody with a credential'}`;
      const patch = setting(resource.object, '/authorization/mode', 'Webhook');
      graph.arc(graph.vertex('network'), graph.vertex('pods', ''), {
        edge: 'kubelet-open',
        evidence: [{ resource, path: '/authorization/mode', text }],
        repairs: [
          {
            id: `kubelet ${resource.name}`,
            text: 'set authorization.mode: Webhook in the KubeletConfiguration',
            effort: 2,
            changes: [{ kind: 'patch', resource, patch }],
          },
        ],
      });
    }
  },
  example: {
    objects: [
      {
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        metadata: { name: 'kubelet' },
        authentication: { anonymous: { enabled: true } },
        authorization: { mode: 'AlwaysAllow' },
      },
    ],
  },
};

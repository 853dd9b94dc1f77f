// Edge secret-token. A Secret of type service-account-token holds a token that never expires; from Kubernetes 1.24 on there is one only where
// somebody made it.

import { ofKind } from '../../snapshot/lookup.ts';
import type { Edge } from '../edge.ts';
import { holding } from '../examples.ts';
import { holdsToken } from './secret-mounted.ts';

export const secretToken: Edge = {
  id: 'secret-token',
  title: 'Uses the token a Secret holds',
  needs: 'a Secret of type kubernetes.io/service-account-token',
  gains: 'its service account',
  technique: { attack: 'T1528', matrix: 'Access container service account' },
  fix: 'delete the Secret; tokens that expire are asked for when they are needed',
  cost: 1,
  derive: ({ graph, snapshot }) => {
    for (const resource of ofKind(snapshot, '', 'Secret')) {
      const { namespace, name } = resource;
      const account = holdsToken(resource.object);
      if (account === undefined) continue;
      graph.arc(graph.vertex('secret', namespace, name), graph.vertex('service-account', namespace, account), {
        edge: 'secret-token',
        evidence: [
          { resource, path: '/type', text: `Secret ${namespace}/${name} holds a token of ServiceAccount ${account} that does not expire` },
        ],
        repairs: [
          {
            id: `secret ${namespace}/${name}`,
            text: `delete Secret ${namespace}/${name}`,
            effort: 2,
            changes: [{ kind: 'remove', resource }],
          },
        ],
      });
    }
  },
  example: {
    objects: [
      ...holding(['get secrets'], 'shop', ['token']),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'token', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': 'strong' } },
      },
    ],
    also: ['secret-get'],
  },
};

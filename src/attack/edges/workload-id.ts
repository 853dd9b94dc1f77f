// Edge workload-id. A service account with the annotation of a cloud (IRSA, GKE and Entra workload identity) may trade its token for a role
// there. The cloud decides, by a trust policy that is not in the cluster: unknown trust.

import { annotationsOf } from '../../kube/object.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Edge } from '../edge.ts';
import { removing } from '../repair.ts';

const annotations: readonly (readonly [key: string, what: string])[] = [
  ['eks.amazonaws.com/role-arn', 'AWS role'],
  ['iam.gke.io/gcp-service-account', 'Google service account'],
  ['azure.workload.identity/client-id', 'Entra application'],
];

export const workloadId: Edge = {
  id: 'workload-id',
  title: 'Trades its token for a cloud role',
  needs: 'a service account with a cloud identity',
  gains: 'the cloud role',
  technique: { attack: 'T1078.004', matrix: 'Access cloud resources' },
  fix: 'trust one account of one namespace, and give the role what the workload uses',
  cost: 1,
  derive: ({ graph, snapshot }) => {
    for (const resource of ofKind(snapshot, '', 'ServiceAccount'))
      for (const [key, what] of annotations) {
        const value = annotationsOf(resource.object)[key];
        if (value === undefined || value === '') continue;
        const path = `/metadata/annotations/${key.replace('/', '~1')}`;
        graph.arc(graph.vertex('service-account', resource.namespace, resource.name), graph.vertex('cloud', '', `${what} ${value}`), {
          edge: 'workload-id',
          known: false,
          cost: 2,
          evidence: [{ resource, path, text: `unknown trust: the cloud decides whether ${what} ${value} may be assumed` }],
          repairs: [
            {
              id: `cloud identity ${resource.namespace}/${resource.name}`,
              text: `take the cloud identity off ServiceAccount ${resource.namespace}/${resource.name}`,
              effort: 3,
              changes: [{ kind: 'patch', resource, patch: removing([path]) }],
            },
          ],
        });
      }
  },
  example: {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'app', namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/app' } },
      },
    ],
  },
};

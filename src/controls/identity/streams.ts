// The rights to open a stream into a pod. `create` is asked for; before Kubernetes 1.35 `get` was enough as well, since a WebSocket request
// is a GET (AuthorizePodWebsocketUpgradeCreatePermission, beta and on from 1.35).

import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Right } from './right.ts';

/** What opens a stream of this subresource in the snapshot's version. */
export function streamRights(subresource: string): (snapshot: Snapshot) => readonly Right[] {
  return ({ facts }) => [
    { verbs: Number(facts.kubernetesVersion.split('.')[1]) < 35 ? ['create', 'get'] : ['create'], group: '', resources: [subresource] },
  ];
}

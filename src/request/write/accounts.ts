// Who asks on behalf of a cluster itself, with rights that nothing refuses.

import type { Requester } from '../request.ts';

const masters = ['system:masters', 'system:authenticated'];

/** A person who may do everything. */
export const administrator: Requester = { name: 'admin', groups: masters };

/** The API server as it asks itself. */
export const serverItself: Requester = { name: 'system:apiserver', groups: masters };

/** A controller of kube-controller-manager: `replicaset-controller`. */
export function controllerAccount(controller: string): Requester {
  return { name: `system:serviceaccount:kube-system:${controller}`, groups: masters };
}

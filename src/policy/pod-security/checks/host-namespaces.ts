// Pod Security Standards, baseline, "Host Namespaces": a pod does not share the node's network, processes or IPC. Unchanged since 1.0.

import type { Pod } from '../../../kube/pod/types.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';

export const hostNamespaces: PodSecurityCheck = {
  id: 'hostNamespaces',
  level: 'baseline',
  versions: [{ since: 0, check: hostNamespaces_1_0 }],
};

function hostNamespaces_1_0(pod: Pod): Offence | undefined {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((namespace) => pod.spec[namespace] === true);
  if (shared.length === 0) return undefined;
  return {
    reason: 'host namespaces',
    detail: shared.map((namespace) => `${namespace}=true`).join(', '),
    paths: shared.map((namespace) => pod.at(`/${namespace}`)),
  };
}

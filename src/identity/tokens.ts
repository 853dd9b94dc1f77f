// Which service account a pod runs as, and whether its token is mounted. The ServiceAccount admission plugin, Kubernetes 1.36: the pod's
// own `automountServiceAccountToken` wins, else the service account's, else the token is mounted. Projected token volumes that the pod
// writes itself are mounted whatever either says.

import type { Pod } from '../kube/pod/types.ts';
import { asList, asString, dig, field } from '../lib/json.ts';
import { find } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

/** The name of the service account a pod runs as. `serviceAccount` is the old name of the field; an empty name is no name. */
export function serviceAccountName(pod: Pod): string {
  return (
    [pod.spec.serviceAccountName, pod.spec.serviceAccount].map(asString).find((name) => name !== undefined && name !== '') ?? 'default'
  );
}

export interface TokenMount {
  /** `unknown` where the service account that decides is not in the snapshot. */
  readonly state: 'mounted' | 'off' | 'unknown';
  readonly decidedBy: 'pod' | 'service account' | 'default';
  readonly account: string;
  /** The ServiceAccount object, where the snapshot holds it. */
  readonly accountResource: Resource | undefined;
}

/** Whether admission will mount the token of the pod's service account. */
export function tokenMount(snapshot: Snapshot, namespace: string, pod: Pod): TokenMount {
  const account = serviceAccountName(pod);
  const accountResource = find(snapshot, '', 'ServiceAccount', namespace, account);
  const of = (state: TokenMount['state'], decidedBy: TokenMount['decidedBy']): TokenMount => ({
    state,
    decidedBy,
    account,
    accountResource,
  });
  if (pod.spec.automountServiceAccountToken === false) return of('off', 'pod');
  if (pod.spec.automountServiceAccountToken === true) return of('mounted', 'pod');
  const setting = accountResource && field(accountResource.object, 'automountServiceAccountToken');
  if (setting === false) return of('off', 'service account');
  if (setting === true) return of('mounted', 'service account');
  if (accountResource === undefined && account !== 'default') return of('unknown', 'service account');
  return of('mounted', 'default');
}

/** Pointers of the volumes through which a pod mounts a token for the API server by itself: projected ones without another audience. */
export function tokenVolumes(pod: Pod): readonly string[] {
  return pod.volumes
    .filter(({ spec }) =>
      asList(dig(spec, 'projected', 'sources')).some((source) => {
        const token = field(source, 'serviceAccountToken');
        return token !== undefined && token !== null && (asString(field(token, 'audience')) ?? '') === '';
      }),
    )
    .map(({ path }) => path);
}

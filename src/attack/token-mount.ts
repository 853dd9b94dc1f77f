// Container → service account: through the token that admission mounts, or one the pod projects itself. Where the account that decides was
// not read, the edge is unknown.

import { podRepair } from './containers.ts';
import { setting } from './repair.ts';
import type { Scene } from './scene.ts';

/** Adds the edge for every container whose account the edge is about. */
export function mountToken(scene: Scene, edge: string, isAbout: (account: string) => boolean): void {
  const { graph, snapshot } = scene;
  for (const pods of scene.pods) {
    const { account, state, decidedBy, volumes } = scene.token(pods);
    const projected = volumes.length > 0;
    if ((state === 'off' && !projected) || !isAbout(account)) continue;
    const first = pods.endpoints[0];
    if (first === undefined) continue;
    const { namespace } = pods.workload;
    const known = state !== 'unknown' || projected;
    const says = projected
      ? 'the pod projects a token itself'
      : known
        ? 'its token is mounted'
        : `ServiceAccount ${namespace}/${account} was not read; it decides whether the token is mounted`;
    const evidence = [
      {
        resource: first.resource,
        path: projected ? (volumes[0] ?? '') : first.pod.at(decidedBy === 'pod' ? '/automountServiceAccountToken' : '/serviceAccountName'),
        text: `runs as ServiceAccount ${namespace}/${account}; ${says}`,
      },
    ];
    const repair = podRepair(
      snapshot,
      pods,
      {
        id: 'automount',
        text: 'set automountServiceAccountToken: false',
        effort: 1,
        withoutToken: { namespace, name: account },
      },
      (object, pod) => setting(object, pod.at('/automountServiceAccountToken'), false),
    );
    for (const { vertex } of pods.containers)
      graph.arc(vertex, graph.vertex('service-account', namespace, account), {
        edge,
        cost: known ? 1 : 3,
        known,
        evidence,
        repairs: projected ? [] : [repair],
      });
  }
}

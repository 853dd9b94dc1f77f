// A service account that no workload runs as and no binding names. It waits for a pod or a token of somebody who needs an identity.
// Service accounts that an operator uses for pods it makes itself look unused in manifests.

import { bindingsIn } from '../../identity/bindings.ts';
import { serviceAccountName } from '../../identity/tokens.ts';
import { workloads } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const serviceAccountUnused = control({
  id: 'identity/service-account-unused',
  aliases: [],
  severity: 'low',
  title: 'Every service account is used',
  why: 'An account that nobody uses is watched by nobody: rights and tokens given to it later go unseen.',
  fix: 'Remove the service account, or let the program it was made for run as it.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1078', 'pci:2.1.a'],
  on: objects('/ServiceAccount'),
  check({ resource }, { snapshot }) {
    if (resource.name === 'default' || used(snapshot).has(`${resource.namespace}/${resource.name}`)) return [];
    return [
      fail(
        '/metadata/name',
        'unused',
        `no workload runs as service account ${resource.namespace}/${resource.name} and no binding names it`,
      ),
    ];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment(), {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'old', namespace: 'shop' },
        automountServiceAccountToken: false,
      }),
    ],
  },
});

const cache = new WeakMap<Snapshot, ReadonlySet<string>>();

function used(snapshot: Snapshot): ReadonlySet<string> {
  let names = cache.get(snapshot);
  if (names === undefined) {
    names = new Set([
      ...workloads(snapshot).flatMap((resource) => resource.pods.map((pod) => `${resource.namespace}/${serviceAccountName(pod)}`)),
      ...bindingsIn(snapshot).flatMap(({ subjects }) =>
        subjects.filter(({ kind }) => kind === 'ServiceAccount').map(({ namespace, name }) => `${namespace}/${name}`),
      ),
    ]);
    cache.set(snapshot, names);
  }
  return names;
}

// Files in which the tools of cloud providers keep credentials, mounted from the node: the pod then acts with the identity of the node or of
// the person who worked there. Microsoft threat matrix, "Mount service principal". Where the provider is known, only its files are looked for.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withHostPaths } from './examples.ts';
import { hostPaths, isWithin } from './host-paths.ts';

const credentials = {
  eks: ['/.aws'],
  aks: ['/etc/kubernetes/azure.json', '/.azure'],
  gke: ['/.config/gcloud', '/gcloud'],
} as const;

/** Directories that hold the files above, and so count where the provider is known. */
const holders: Readonly<Record<keyof typeof credentials, readonly string[]>> = {
  eks: [],
  aks: ['/etc', '/etc/kubernetes'],
  gke: ['/.config'],
};

export const cloudCredentials = control({
  id: 'workload/cloud-credentials',
  aliases: ['C-0020'],
  severity: 'high',
  title: 'Pods mount no cloud credentials of the node',
  why: 'Stolen cloud credentials outlive the pod and reach from the cluster into the account: machines, disks, registries.',
  fix: "Give the pod an identity of its own through the provider's workload identity.",
  frameworks: ['attack:T1552.001', 'matrix:MS-TA9026', 'owasp:K08', 'nsa:pod-security'],
  on: pods,
  check: ({ pod }, { snapshot }) => {
    const { distribution } = snapshot.facts;
    const known = distribution === 'eks' || distribution === 'aks' || distribution === 'gke' ? distribution : undefined;
    const trees = known === undefined ? Object.values(credentials).flat() : credentials[known];
    const exact = known === undefined ? [] : holders[known];
    return hostPaths(pod)
      .filter(({ path }) => exact.includes(path) || trees.some((tree) => isWithin(path, tree) || isWithin(path, homeOf(path) + tree)))
      .map(({ at, name, path }) => fail(at, 'cloud-credentials', `volume "${name}" is ${path} of the node, which holds cloud credentials`));
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withHostPaths('/.aws/credentials')), cluster(withHostPaths('/home/admin/.config/gcloud'))],
  },
  overlaps: ['workload/host-path'],
});

/** `/root` or `/home/NAME` of a path below it. */
function homeOf(path: string): string {
  return /^(?:\/root|\/home\/[^/]+)(?=\/)/.exec(path)?.[0] ?? '';
}

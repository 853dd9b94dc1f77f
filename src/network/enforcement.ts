// Who enforces policies: a kind of policy does something only where a plug-in or a mesh that knows it runs. Plug-ins are known by the DaemonSets and
// Deployments that they install; manifests of applications alone hold none, and then it is not known. Versions and settings are not looked at but
// for the agent of the VPC plug-in, which is off by default. Which plug-in knows which kind is as of
// April 2026 (network-policy-api, page of implementations).

import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Policy } from './policy.ts';

export interface Enforcement {
  readonly kind: string;
  readonly group: string;
  readonly policies: number;
  readonly state: 'enforced' | 'not-enforced' | 'unknown';
  /** The plug-ins that are there; those that know the kind where it is enforced. */
  readonly by: readonly string[];
}

interface Plugin {
  readonly name: string;
  /** In the names of its workloads, or in its images. */
  readonly signs: RegExp;
  readonly knows: readonly string[];
}

const kubernetes = 'networking.k8s.io/NetworkPolicy';
const admin = ['policy.networking.k8s.io/AdminNetworkPolicy', 'policy.networking.k8s.io/BaselineAdminNetworkPolicy'];
const clusterPolicy = 'policy.networking.k8s.io/ClusterNetworkPolicy';
const calico = ['NetworkPolicy', 'GlobalNetworkPolicy', 'Profile'].flatMap((kind) => [
  `projectcalico.org/${kind}`,
  `crd.projectcalico.org/${kind}`,
]);
const istio = ['security.istio.io/AuthorizationPolicy', 'security.istio.io/PeerAuthentication', 'networking.istio.io/Sidecar'];

const plugins: readonly Plugin[] = [
  { name: 'Calico', signs: /^calico-node$|^canal$|calico\/node\b/, knows: [kubernetes, ...admin, clusterPolicy, ...calico] },
  {
    name: 'Cilium',
    signs: /^cilium$|^anetd$|cilium\/cilium\b/,
    knows: [kubernetes, 'cilium.io/CiliumNetworkPolicy', 'cilium.io/CiliumClusterwideNetworkPolicy'],
  },
  { name: 'OVN-Kubernetes', signs: /^ovnkube-node$/, knows: [kubernetes, ...admin] },
  { name: 'Antrea', signs: /^antrea-agent$/, knows: [kubernetes, ...admin] },
  { name: 'Kube-OVN', signs: /^kube-ovn-cni$/, knows: [kubernetes, ...admin, clusterPolicy] },
  { name: 'kube-network-policies', signs: /^kube-network-policies/, knows: [kubernetes, ...admin, clusterPolicy] },
  { name: 'kube-router', signs: /^kube-router$/, knows: [kubernetes] },
  { name: 'Weave Net', signs: /^weave-net$/, knows: [kubernetes] },
  { name: 'Azure NPM', signs: /^azure-npm$/, knows: [kubernetes] },
  { name: 'Romana', signs: /^romana-agent$/, knows: [kubernetes] },
  { name: 'kindnet', signs: /^kindnet$/, knows: [kubernetes] },
  { name: 'flannel', signs: /^kube-flannel-ds/, knows: [] },
  { name: 'Istio', signs: /^istiod(?:-|$)|istio\/pilot\b/, knows: istio },
];

/** Who enforces each kind that some of these policies are of, by kind. */
export function enforcement(snapshot: Snapshot, policies: readonly Policy[]): readonly Enforcement[] {
  const there = pluginsOf(snapshot);
  const kinds = Map.groupBy(new Set(policies.map(({ resource }) => resource)), ({ group, kind }) => `${group}/${kind}`);
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, resources]) => {
      const mesh = istio.includes(key);
      const rivals = there.filter(({ name }) => (name === 'Istio') === mesh);
      const by = rivals.filter(({ knows }) => knows.includes(key.replace(/^extensions\//, 'networking.k8s.io/')));
      const state = by.length > 0 ? 'enforced' : rivals.length > 0 ? 'not-enforced' : 'unknown';
      const [group = '', kind = ''] = key.split('/');
      return { kind, group, policies: resources.length, state, by: (by.length > 0 ? by : rivals).map(({ name }) => name) };
    });
}

function pluginsOf(snapshot: Snapshot): readonly Plugin[] {
  const workloads = [...ofKind(snapshot, 'apps', 'DaemonSet'), ...ofKind(snapshot, 'apps', 'Deployment')];
  const found = plugins.filter(({ signs }) => workloads.some((one) => isOf(one, signs)));
  const agent = workloads.some((one) => one.name === 'aws-node' && one.pods.some((pod) => pod.containers.some(enforces)));
  if (!workloads.some(({ name }) => name === 'aws-node')) return found;
  return [...found, { name: 'Amazon VPC CNI', signs: /^aws-node$/, knows: agent ? [kubernetes] : [] }];
}

function isOf({ name, pods }: Resource, signs: RegExp): boolean {
  return (
    signs.test(name) || pods.some((pod) => pod.containers.some(({ spec }) => typeof spec.image === 'string' && signs.test(spec.image)))
  );
}

/** The agent of the VPC plug-in, with its policies switched on. */
function enforces({ spec }: Resource['pods'][number]['containers'][number]): boolean {
  return Array.isArray(spec.args) && spec.args.some((argument) => argument === '--enable-network-policy=true');
}

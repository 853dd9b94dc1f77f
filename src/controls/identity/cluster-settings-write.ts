// ConfigMaps by which the cluster itself is set up: extension-apiserver-authentication says whom aggregated API servers believe, kubeadm's
// settings reach every node that joins or is upgraded. Rules that name one of them are judged; that nobody needs every ConfigMap is said
// by another control.
import { cluster, deployment } from '../examples.ts';
import { clusterRole, clusterRoleBinding, harmless, operators, rule } from './examples.ts';
import { reachesNamespace } from './holders.ts';
import { right } from './right.ts';

/** By namespace. */
const settings: Readonly<Record<string, readonly string[]>> = {
  'kube-system': ['extension-apiserver-authentication', 'kubeadm-config', 'kubelet-config', 'kube-proxy'],
  'kube-public': ['cluster-info'],
};

export const clusterSettingsWrite = right({
  id: 'identity/cluster-settings-write',
  aliases: [],
  severity: 'high',
  title: 'No role changes the settings the cluster is made of',
  why: 'Whoever changes the authority of front proxies is any user to aggregated API servers, and whoever changes the settings of kubeadm writes the flags of new nodes.',
  fix: 'Drop these names from the rule; kubeadm changes them with the rights of whoever runs it.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1556', 'owasp:K03'],
  lets: 'change settings of the cluster itself',
  rights: [{ verbs: ['update', 'patch', 'delete'], group: '', resources: ['configmaps'] }],
  namesLimit: false,
  where: (own, { resourceNames }, snapshot) =>
    Object.entries(settings).some(
      ([namespace, names]) => names.some((name) => resourceNames.includes(name)) && reachesNamespace(snapshot, own, namespace),
    ),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(deployment(), clusterRole([rule('', ['configmaps'], ['update'], ['kubeadm-config'])]), clusterRoleBinding([operators])),
    ],
  },
});

// The roles and bindings that Kubernetes itself makes, by name: the bootstrap policy of kube-apiserver 1.32–1.36
// (plugin/pkg/auth/authorizer/rbac/bootstrappolicy) and what kubeadm 1.29–1.36 adds. They are powerful by design and are put back when
// changed, so they are not findings of a cluster's owner. Reviewed by hand: a name stands here only because the project ships it.
// Left out: what providers and distributions add (eks:*, gke-*, k3s), which they may change at will.

import { annotationsOf, labelsOf } from '../kube/object.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import { readBinding } from './bindings.ts';

const controllers = [
  ...['attachdetach-controller', 'certificate-controller', 'clusterrole-aggregation-controller', 'cronjob-controller'],
  ...['daemon-set-controller', 'deployment-controller', 'device-taint-eviction-controller', 'disruption-controller'],
  ...['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller', 'ephemeral-volume-controller'],
  ...['expand-controller', 'generic-garbage-collector', 'horizontal-pod-autoscaler', 'job-controller'],
  ...['legacy-service-account-token-cleaner', 'namespace-controller', 'node-controller', 'persistent-volume-binder'],
  ...['pod-garbage-collector', 'pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller'],
  ...['replication-controller', 'resource-claim-controller', 'resourcequota-controller', 'root-ca-cert-publisher', 'route-controller'],
  ...['selinux-warning-controller', 'service-account-controller', 'service-ca-cert-publisher', 'service-cidrs-controller'],
  ...['service-controller', 'statefulset-controller', 'storage-version-garbage-collector', 'storage-version-migrator-controller'],
  ...['ttl-after-finished-controller', 'ttl-controller', 'validatingadmissionpolicy-status-controller'],
  'volumeattributesclass-protection-controller',
].map((name) => `system:controller:${name}`);

const signers = [
  'kube-apiserver-client-approver',
  'kube-apiserver-client-kubelet-approver',
  'kubelet-serving-approver',
  'legacy-unknown-approver',
];

const clusterRoles = new Set([
  ...controllers,
  ...['admin', 'cluster-admin', 'edit', 'view'],
  ...['aggregate-to-admin', 'aggregate-to-edit', 'aggregate-to-view', 'auth-delegator', 'basic-user'].map((name) => `system:${name}`),
  ...['cluster-trust-bundle-discovery', 'discovery', 'heapster', 'kube-aggregator', 'kube-controller-manager'].map(
    (name) => `system:${name}`,
  ),
  ...['kube-dns', 'kube-scheduler', 'kubelet-api-admin', 'monitoring', 'node', 'node-bootstrapper'].map((name) => `system:${name}`),
  ...['node-problem-detector', 'node-proxier', 'persistent-volume-provisioner', 'public-info-viewer'].map((name) => `system:${name}`),
  ...['service-account-issuer-discovery', 'volume-scheduler'].map((name) => `system:${name}`),
  ...['certificatesigningrequests:nodeclient', 'certificatesigningrequests:selfnodeclient', ...signers].map(
    (name) => `system:certificates.k8s.io:${name}`,
  ),
  'kubeadm:get-nodes',
]);

const roles = new Set([
  'kube-public/system:controller:bootstrap-signer',
  'kube-public/kubeadm:bootstrap-signer-clusterinfo',
  ...[
    'extension-apiserver-authentication-reader',
    'system::leader-locking-kube-controller-manager',
    'system::leader-locking-kube-scheduler',
  ].map((name) => `kube-system/${name}`),
  ...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map((name) => `kube-system/system:controller:${name}`),
  ...['kube-proxy', 'kubeadm:kubelet-config', 'kubeadm:nodes-kubeadm-config'].map((name) => `kube-system/${name}`),
]);

interface ShippedBinding {
  /** The role it gives, where that is not of the binding's own name. */
  readonly role?: string;
  readonly subjects: readonly string[];
}

const joining = ['Group system:bootstrappers:kubeadm:default-node-token'];
const signing = 'system:certificates.k8s.io:certificatesigningrequests';

const bindings: Readonly<Record<string, ShippedBinding>> = {
  'cluster-admin': { subjects: ['Group system:masters'] },
  'kubeadm:cluster-admins': { role: 'cluster-admin', subjects: ['Group kubeadm:cluster-admins'] },
  'kubeadm:get-nodes': { subjects: joining },
  'kubeadm:kubelet-bootstrap': { role: 'system:node-bootstrapper', subjects: joining },
  'kubeadm:node-autoapprove-bootstrap': { role: `${signing}:nodeclient`, subjects: joining },
  'kubeadm:node-autoapprove-certificate-rotation': { role: `${signing}:selfnodeclient`, subjects: ['Group system:nodes'] },
  'kubeadm:node-proxier': { role: 'system:node-proxier', subjects: ['ServiceAccount kube-proxy'] },
  'system:basic-user': { subjects: ['Group system:authenticated'] },
  'system:discovery': { subjects: ['Group system:authenticated'] },
  'system:kube-controller-manager': { subjects: ['User system:kube-controller-manager'] },
  'system:kube-dns': { subjects: ['ServiceAccount kube-dns'] },
  'system:kube-scheduler': { subjects: ['User system:kube-scheduler'] },
  'system:monitoring': { subjects: ['Group system:monitoring'] },
  'system:node': { subjects: [] },
  'system:node-proxier': { subjects: ['User system:kube-proxy'] },
  'system:public-info-viewer': { subjects: ['Group system:authenticated', 'Group system:unauthenticated'] },
  'system:service-account-issuer-discovery': { subjects: ['Group system:serviceaccounts'] },
  'system:volume-scheduler': { subjects: ['User system:kube-scheduler'] },
  'kube-public/kubeadm:bootstrap-signer-clusterinfo': { subjects: ['User system:anonymous'] },
  'kube-public/system:controller:bootstrap-signer': { subjects: ['ServiceAccount bootstrap-signer'] },
  'kube-system/kube-proxy': { subjects: joining },
  'kube-system/kubeadm:kubelet-config': { subjects: ['Group system:nodes', ...joining] },
  'kube-system/kubeadm:nodes-kubeadm-config': { subjects: ['Group system:nodes', ...joining] },
  'kube-system/system::extension-apiserver-authentication-reader': {
    role: 'extension-apiserver-authentication-reader',
    subjects: ['User system:kube-controller-manager', 'User system:kube-scheduler'],
  },
  'kube-system/system::leader-locking-kube-controller-manager': {
    subjects: [
      'User system:kube-controller-manager',
      'ServiceAccount kube-controller-manager',
      'ServiceAccount leader-election-controller',
    ],
  },
  'kube-system/system::leader-locking-kube-scheduler': { subjects: ['User system:kube-scheduler', 'ServiceAccount kube-scheduler'] },
  'kube-system/system:controller:bootstrap-signer': { subjects: ['ServiceAccount bootstrap-signer'] },
  'kube-system/system:controller:cloud-provider': { subjects: ['ServiceAccount cloud-provider'] },
  'kube-system/system:controller:token-cleaner': { subjects: ['ServiceAccount token-cleaner'] },
  ...Object.fromEntries(controllers.map((name) => [name, { subjects: [`ServiceAccount ${name.slice('system:controller:'.length)}`] }])),
};

/** True for a role that Kubernetes or kubeadm makes. */
export function isShippedRole(role: Resource): boolean {
  return role.kind === 'ClusterRole' ? clusterRoles.has(role.name) : roles.has(`${role.namespace}/${role.name}`);
}

/** True for a Role that every cluster has. */
export function isShippedRoleName(namespace: string, name: string): boolean {
  return roles.has(`${namespace}/${name}`);
}

/** True for the name of a ClusterRole that every cluster has. */
export function isShippedClusterRole(name: string): boolean {
  return clusterRoles.has(name);
}

/** True for a binding that Kubernetes or kubeadm makes and that gives what they give to nobody but whom they name. */
export function isShippedBinding(resource: Resource): boolean {
  const shipped = Object.hasOwn(bindings, key(resource)) ? bindings[key(resource)] : undefined;
  if (shipped === undefined) return false;
  const binding = readBinding(resource);
  return (
    binding.role.name === (shipped.role ?? resource.name) &&
    binding.subjects.every(
      (subject) =>
        shipped.subjects.includes(`${subject.kind} ${subject.name}`) &&
        (subject.kind !== 'ServiceAccount' || subject.namespace === 'kube-system'),
    )
  );
}

function key(resource: Resource): string {
  return resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`;
}

/** True for objects that carry the mark of the bootstrap policy. Anyone may write it: use it for review controls, never for grants of power. */
export function isMarkedBootstrap(resource: Resource): boolean {
  return (
    labelsOf(resource.object)['kubernetes.io/bootstrapping'] === 'rbac-defaults' ||
    annotationsOf(resource.object)['rbac.authorization.kubernetes.io/autoupdate'] === 'true'
  );
}

// API versions of built-in kinds that were deprecated or removed, since Kubernetes 1.8: when they came, when they were deprecated, when they
// went or are to go, and what to write instead. Sources: the lifecycle marks in k8s.io/api 0.25–0.37, the resources each release serves (for
// 1.26 and later these decide; the test beside this file holds the table against them), the changelogs of 1.14–1.24 for alpha versions.
// Left out: bodies of subresources and of webhooks, and what was gone before 1.8.

/** The life of one kind in one API version. */
export interface ApiLifecycle {
  readonly apiVersion: string;
  readonly kind: string;
  readonly introduced: string;
  readonly deprecated?: string;
  /** The first minor release that does not serve it; it may lie in the future. */
  readonly removed?: string;
  /** The API version to use instead; undefined where there is none. */
  readonly replacement?: string;
  /** The kind to use instead, where it is another. */
  readonly replacementKind?: string;
}

type Row = readonly [
  apiVersion: string,
  kinds: string,
  introduced: string,
  deprecated: string | undefined,
  removed: string | undefined,
  replacement?: string,
  replacementKind?: string,
];

const admission = 'admissionregistration.k8s.io';
const flow = 'flowcontrol.apiserver.k8s.io';
const rbac = 'rbac.authorization.k8s.io';
const rbacKinds = 'ClusterRole ClusterRoleBinding Role RoleBinding';
const webhooks = 'MutatingWebhookConfiguration ValidatingWebhookConfiguration';
const validatingPolicies = 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding';
const mutatingPolicies = 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding';
const reviews = 'LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview';
const priorities = 'FlowSchema PriorityLevelConfiguration';
const claims = 'ResourceClaim ResourceClaimTemplate';
const none = undefined;

const rows: readonly Row[] = [
  ['v1', 'ComponentStatus', '1.0', '1.19', none],
  ['v1', 'Endpoints', '1.0', '1.33', none, 'discovery.k8s.io/v1', 'EndpointSlice'],
  ['extensions/v1beta1', 'ThirdPartyResource', '1.1', '1.7', '1.8', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['extensions/v1beta1', 'DaemonSet Deployment', '1.1', '1.8', '1.16', 'apps/v1'],
  ['extensions/v1beta1', 'ReplicaSet', '1.2', '1.8', '1.16', 'apps/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.3', '1.9', '1.16', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.2', '1.11', '1.16', 'policy/v1beta1'],
  ['extensions/v1beta1', 'Ingress', '1.1', '1.14', '1.22', 'networking.k8s.io/v1'],
  ['apps/v1beta1', 'StatefulSet', '1.5', '1.8', '1.16', 'apps/v1'],
  ['apps/v1beta1', 'Deployment', '1.6', '1.8', '1.16', 'apps/v1'],
  ['apps/v1beta1', 'ControllerRevision', '1.7', '1.8', '1.16', 'apps/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', '1.8', '1.9', '1.16', 'apps/v1'],
  [`${admission}/v1alpha1`, 'ExternalAdmissionHookConfiguration', '1.7', none, '1.9', `${admission}/v1`, 'ValidatingWebhookConfiguration'],
  [`${admission}/v1alpha1`, 'InitializerConfiguration', '1.7', '1.13', '1.14', `${admission}/v1`, 'MutatingWebhookConfiguration'],
  [`${admission}/v1alpha1`, validatingPolicies, '1.26', '1.29', '1.32', `${admission}/v1`],
  [`${admission}/v1alpha1`, mutatingPolicies, '1.32', '1.35', '1.38', `${admission}/v1`],
  [`${admission}/v1beta1`, webhooks, '1.9', '1.16', '1.22', `${admission}/v1`],
  [`${admission}/v1beta1`, validatingPolicies, '1.28', '1.31', '1.34', `${admission}/v1`],
  [`${admission}/v1beta1`, mutatingPolicies, '1.34', '1.37', '1.40', `${admission}/v1`],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.7', '1.16', '1.22', 'apiextensions.k8s.io/v1'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.7', '1.19', '1.22', 'apiregistration.k8s.io/v1'],
  ['auditregistration.k8s.io/v1alpha1', 'AuditSink', '1.13', none, '1.19'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.4', '1.19', '1.22', 'authentication.k8s.io/v1'],
  ['authentication.k8s.io/v1alpha1', 'SelfSubjectReview', '1.26', '1.29', '1.32', 'authentication.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'SelfSubjectReview', '1.27', '1.30', '1.33', 'authentication.k8s.io/v1'],
  ['authorization.k8s.io/v1beta1', reviews, '1.2', '1.19', '1.22', 'authorization.k8s.io/v1'],
  ['authorization.k8s.io/v1beta1', 'SelfSubjectRulesReview', '1.8', '1.19', '1.22', 'authorization.k8s.io/v1'],
  ['autoscaling/v2alpha1', 'HorizontalPodAutoscaler', '1.5', '1.8', '1.9', 'autoscaling/v2'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.8', '1.22', '1.25', 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.12', '1.23', '1.26', 'autoscaling/v2'],
  ['batch/v2alpha1', 'CronJob', '1.5', none, '1.21', 'batch/v1'],
  ['batch/v1beta1', 'CronJob', '1.8', '1.21', '1.25', 'batch/v1'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.12', '1.19', '1.22', 'certificates.k8s.io/v1'],
  ['certificates.k8s.io/v1alpha1', 'ClusterTrustBundle', '1.27', '1.34', '1.37', 'certificates.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', 'ClusterTrustBundle', '1.33', '1.37', '1.40', 'certificates.k8s.io/v1'],
  ['certificates.k8s.io/v1alpha1', 'PodCertificateRequest', '1.34', none, '1.35', 'certificates.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', 'PodCertificateRequest', '1.35', '1.37', '1.40', 'certificates.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.12', '1.19', '1.22', 'coordination.k8s.io/v1'],
  ['coordination.k8s.io/v1alpha1', 'LeaseCandidate', '1.31', none, '1.32', 'coordination.k8s.io/v1beta1'],
  ['coordination.k8s.io/v1alpha2', 'LeaseCandidate', '1.32', '1.35', '1.38', 'coordination.k8s.io/v1beta1'],
  ['coordination.k8s.io/v1beta1', 'LeaseCandidate', '1.33', '1.36', '1.39'],
  ['discovery.k8s.io/v1alpha1', 'EndpointSlice', '1.16', none, '1.21', 'discovery.k8s.io/v1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.16', '1.21', '1.25', 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', '1.8', '1.22', '1.25', 'events.k8s.io/v1'],
  [`${flow}/v1alpha1`, priorities, '1.18', '1.20', '1.21', `${flow}/v1`],
  [`${flow}/v1beta1`, priorities, '1.20', '1.23', '1.26', `${flow}/v1`],
  [`${flow}/v1beta2`, priorities, '1.23', '1.26', '1.29', `${flow}/v1`],
  [`${flow}/v1beta3`, priorities, '1.26', '1.29', '1.32', `${flow}/v1`],
  ['lifecycle.k8s.io/v1alpha1', 'Eviction EvictionRequest', '1.37', '1.40', '1.43'],
  ['networking.k8s.io/v1beta1', 'Ingress', '1.14', '1.19', '1.22', 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'IngressClass', '1.18', '1.19', '1.22', 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1alpha1', 'ClusterCIDR', '1.25', '1.28', '1.29'],
  ['networking.k8s.io/v1alpha1', 'IPAddress', '1.27', '1.30', '1.31', 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1alpha1', 'ServiceCIDR', '1.29', '1.30', '1.31', 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'IPAddress ServiceCIDR', '1.31', '1.34', '1.37', 'networking.k8s.io/v1'],
  ['node.k8s.io/v1alpha1', 'RuntimeClass', '1.14', none, '1.24', 'node.k8s.io/v1'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.14', '1.22', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', '1.5', '1.21', '1.25', 'policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.10', '1.21', '1.25'],
  [`${rbac}/v1alpha1`, rbacKinds, '1.3', '1.17', '1.23', `${rbac}/v1`],
  [`${rbac}/v1beta1`, rbacKinds, '1.6', '1.17', '1.22', `${rbac}/v1`],
  ['resource.k8s.io/v1alpha1', claims, '1.26', none, '1.27', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1alpha1', 'PodScheduling', '1.26', none, '1.27'],
  ['resource.k8s.io/v1alpha1', 'ResourceClass', '1.26', none, '1.27', 'resource.k8s.io/v1', 'DeviceClass'],
  ['resource.k8s.io/v1alpha2', claims, '1.27', none, '1.31', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1alpha2', 'ResourceSlice', '1.30', none, '1.31', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1alpha2', 'PodSchedulingContext', '1.27', none, '1.31'],
  ['resource.k8s.io/v1alpha2', 'ResourceClass', '1.27', none, '1.31', 'resource.k8s.io/v1', 'DeviceClass'],
  ['resource.k8s.io/v1alpha2', 'ResourceClaimParameters ResourceClassParameters', '1.30', none, '1.31'],
  ['resource.k8s.io/v1alpha3', `DeviceClass ResourceSlice ${claims}`, '1.31', none, '1.34', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1alpha3', 'PodSchedulingContext', '1.31', none, '1.32'],
  ['resource.k8s.io/v1alpha3', 'DeviceTaintRule', '1.33', '1.36', '1.39', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1alpha3', 'ResourcePoolStatusRequest', '1.36', '1.39', '1.42'],
  ['resource.k8s.io/v1beta1', `DeviceClass ResourceSlice ${claims}`, '1.32', '1.35', '1.38', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1beta2', `DeviceClass ResourceSlice ${claims}`, '1.33', '1.36', '1.39', 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1beta2', 'DeviceTaintRule', '1.36', '1.39', '1.42', 'resource.k8s.io/v1'],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', '1.8', none, '1.23', 'scheduling.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.11', '1.14', '1.22', 'scheduling.k8s.io/v1'],
  ['scheduling.k8s.io/v1alpha1', 'Workload', '1.35', none, '1.36', 'scheduling.k8s.io/v1beta1'],
  ['scheduling.k8s.io/v1alpha2', 'PodGroup Workload', '1.36', none, '1.37', 'scheduling.k8s.io/v1beta1'],
  ['scheduling.k8s.io/v1beta1', 'PodGroup Workload', '1.37', '1.40', '1.43'],
  ['settings.k8s.io/v1alpha1', 'PodPreset', '1.6', none, '1.20'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttachment', '1.9', '1.21', '1.24', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity', '1.19', '1.21', '1.24', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttributesClass', '1.29', '1.32', '1.35', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'StorageClass', '1.4', '1.19', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'VolumeAttachment', '1.10', '1.19', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIDriver', '1.14', '1.19', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSINode', '1.14', '1.17', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.21', '1.24', '1.27', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass', '1.31', '1.34', '1.37', 'storage.k8s.io/v1'],
  ['storagemigration.k8s.io/v1alpha1', 'StorageVersionMigration', '1.30', '1.33', '1.35', 'storagemigration.k8s.io/v1'],
  ['storagemigration.k8s.io/v1beta1', 'StorageVersionMigration', '1.35', '1.37', '1.40', 'storagemigration.k8s.io/v1'],
];

/** Every row of the table, one kind each. */
export const apiLifecycles: readonly ApiLifecycle[] = rows.flatMap(
  ([apiVersion, kinds, introduced, deprecated, removed, replacement, replacementKind]) =>
    kinds.split(' ').map((kind) => ({
      apiVersion,
      kind,
      introduced,
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(removed === undefined ? {} : { removed }),
      ...(replacement === undefined ? {} : { replacement }),
      ...(replacementKind === undefined ? {} : { replacementKind }),
    })),
);

const byKind = new Map(apiLifecycles.map((entry) => [`${entry.apiVersion}/${entry.kind}`, entry]));

/** The life of a kind in an API version that is deprecated, removed or planned to be; undefined for those with nothing to tell. */
export function lifecycleOf(apiVersion: string, kind: string): ApiLifecycle | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

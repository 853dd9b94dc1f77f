// The validators, by group and kind. A kind that stands in no list here is validated by its schema and metadata alone.

import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './admission/policies.ts';
import { mutatingAdmissionPolicyBinding, validatingAdmissionPolicyBinding } from './admission/policy-bindings.ts';
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './admission/webhooks.ts';
import { customResourceDefinition } from './apiextensions/custom-resource-definition.ts';
import { apiService } from './apiregistration/api-service.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { certificateSigningRequest } from './certificates/certificate-signing-request.ts';
import { clusterTrustBundle } from './certificates/cluster-trust-bundle.ts';
import { podCertificateRequest } from './certificates/pod-certificate-request.ts';
import { lease } from './coordination/lease.ts';
import { leaseCandidate } from './coordination/lease-candidate.ts';
import { configMap, secret, serviceAccount } from './core/config.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event.ts';
import { limitRange } from './core/limit-range.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { persistentVolume } from './core/persistent-volume.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { resourceQuota } from './core/resource-quota.ts';
import { service } from './core/service.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { flowSchema } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfiguration } from './flowcontrol/priority-level.ts';
import { ipAddress, serviceCidr } from './networking/addresses.ts';
import { ingress } from './networking/ingress.ts';
import { ingressClass } from './networking/ingress-class.ts';
import { networkPolicy } from './networking/network-policy.ts';
import { runtimeClass } from './node-api/runtime-class.ts';
import { pod } from './pod/pod.ts';
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac/rbac.ts';
import { resourceClaim, resourceClaimTemplate } from './resource/claim.ts';
import { deviceClass } from './resource/device-class.ts';
import { resourceSlice } from './resource/slice.ts';
import { deviceTaintRule, resourcePoolStatusRequest } from './resource/taint-rule.ts';
import { podGroup, workload } from './scheduling/pod-groups.ts';
import { priorityClass } from './scheduling/priority-class.ts';
import { csiStorageCapacity, storageClass, volumeAttributesClass } from './storage/classes.ts';
import { csiDriver, csiNode, volumeAttachment } from './storage/drivers.ts';
import { storageVersion } from './storage/storage-version.ts';
import { storageVersionMigration } from './storage/version-migration.ts';
import type { Validator } from './validator.ts';
import { controllerRevision } from './workloads/controller-revision.ts';
import { cronJob } from './workloads/cron-job.ts';
import { daemonSet } from './workloads/daemon-set.ts';
import { job } from './workloads/job.ts';
import { deployment, podTemplate, replicaSet, replicationController } from './workloads/replicas.ts';
import { statefulSet } from './workloads/stateful-set.ts';

const validators: Readonly<Record<string, Readonly<Record<string, Validator>>>> = {
  '': {
    ConfigMap: configMap,
    Endpoints: endpoints,
    Event: event,
    LimitRange: limitRange,
    Namespace: namespace,
    Node: node,
    PersistentVolume: persistentVolume,
    PersistentVolumeClaim: persistentVolumeClaim,
    Pod: pod,
    PodTemplate: podTemplate,
    ReplicationController: replicationController,
    ResourceQuota: resourceQuota,
    Secret: secret,
    Service: service,
    ServiceAccount: serviceAccount,
  },
  'admissionregistration.k8s.io': {
    MutatingAdmissionPolicy: mutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding: mutatingAdmissionPolicyBinding,
    MutatingWebhookConfiguration: mutatingWebhookConfiguration,
    ValidatingAdmissionPolicy: validatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding: validatingAdmissionPolicyBinding,
    ValidatingWebhookConfiguration: validatingWebhookConfiguration,
  },
  'apiextensions.k8s.io': { CustomResourceDefinition: customResourceDefinition },
  'apiregistration.k8s.io': { APIService: apiService },
  apps: {
    ControllerRevision: controllerRevision,
    DaemonSet: daemonSet,
    Deployment: deployment,
    ReplicaSet: replicaSet,
    StatefulSet: statefulSet,
  },
  autoscaling: { HorizontalPodAutoscaler: horizontalPodAutoscaler },
  batch: { CronJob: cronJob, Job: job },
  'certificates.k8s.io': {
    CertificateSigningRequest: certificateSigningRequest,
    ClusterTrustBundle: clusterTrustBundle,
    PodCertificateRequest: podCertificateRequest,
  },
  'coordination.k8s.io': { Lease: lease, LeaseCandidate: leaseCandidate },
  'discovery.k8s.io': { EndpointSlice: endpointSlice },
  'events.k8s.io': { Event: event },
  'flowcontrol.apiserver.k8s.io': { FlowSchema: flowSchema, PriorityLevelConfiguration: priorityLevelConfiguration },
  'networking.k8s.io': {
    IPAddress: ipAddress,
    Ingress: ingress,
    IngressClass: ingressClass,
    NetworkPolicy: networkPolicy,
    ServiceCIDR: serviceCidr,
  },
  'node.k8s.io': { RuntimeClass: runtimeClass },
  policy: { PodDisruptionBudget: podDisruptionBudget },
  'rbac.authorization.k8s.io': {
    ClusterRole: clusterRole,
    ClusterRoleBinding: clusterRoleBinding,
    Role: role,
    RoleBinding: roleBinding,
  },
  'resource.k8s.io': {
    DeviceClass: deviceClass,
    ResourceClaim: resourceClaim,
    ResourceClaimTemplate: resourceClaimTemplate,
    DeviceTaintRule: deviceTaintRule,
    ResourcePoolStatusRequest: resourcePoolStatusRequest,
    ResourceSlice: resourceSlice,
  },
  'internal.apiserver.k8s.io': { StorageVersion: storageVersion },
  'scheduling.k8s.io': { PodGroup: podGroup, PriorityClass: priorityClass, Workload: workload },
  'storage.k8s.io': {
    CSIDriver: csiDriver,
    CSINode: csiNode,
    CSIStorageCapacity: csiStorageCapacity,
    StorageClass: storageClass,
    VolumeAttachment: volumeAttachment,
    VolumeAttributesClass: volumeAttributesClass,
  },
  'storagemigration.k8s.io': { StorageVersionMigration: storageVersionMigration },
};

/** The validator of a built-in kind; undefined where there is none yet. `validatorOf('apps', 'Deployment')`. */
export function validatorOf(group: string, kind: string): Validator | undefined {
  const kinds = Object.hasOwn(validators, group) ? validators[group] : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

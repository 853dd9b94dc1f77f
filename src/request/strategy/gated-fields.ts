// Which fields stand behind which feature gate (DropDisabled… of kubernetes pkg/api and pkg/registry/*/strategy.go, 1.36): where the gate is off
// they are dropped from new objects, and kept where what is stored has them. Fields are dropped by `disabled.ts`; those whose dropping is more
// than that stand there too. Gates on in every release since 1.25 are not here.

import type { Gate } from '../../kube/version/feature-gates.ts';

/** A place and the fields of the structs there: `*` is every member of a list or map, `containers…` those of all three lists. */
export type Place = readonly [path: readonly string[], fields: readonly string[]];

export interface GatedFields {
  readonly gates: readonly Gate[];
  readonly places: readonly Place[];
  /** Where what is stored shows that the feature is in use; the places themselves unless given. */
  readonly inUse?: readonly Place[];
}

export const allContainers = 'containers…';
const statuses = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

function behind(gate: Gate | readonly Gate[], places: readonly Place[], inUse?: readonly Place[]): GatedFields {
  const gates = typeof gate === 'string' ? [gate] : gate;
  return inUse === undefined ? { gates, places } : { gates, places, inUse };
}

const spread = ['topologySpreadConstraints', '*'];
const sources = ['volumes', '*', 'projected', 'sources', '*'];
const labelKeys = ['matchLabelKeys', 'mismatchLabelKeys'];
const affinities = ['podAffinity', 'podAntiAffinity'].flatMap((side): readonly Place[] => [
  [['affinity', side, 'requiredDuringSchedulingIgnoredDuringExecution', '*'], labelKeys],
  [['affinity', side, 'preferredDuringSchedulingIgnoredDuringExecution', '*', 'podAffinityTerm'], labelKeys],
]);

/** Of the spec of a pod. */
export const ofPodSpec: readonly GatedFields[] = [
  behind('UserNamespacesSupport', [[[], ['hostUsers']]]),
  behind('SupplementalGroupsPolicy', [[['securityContext'], ['supplementalGroupsPolicy']]]),
  behind('SELinuxChangePolicy', [[['securityContext'], ['seLinuxChangePolicy']]]),
  behind('PodLevelResources', [[[], ['resources']]]),
  behind('NodeInclusionPolicyInPodTopologySpread', [[spread, ['nodeTaintsPolicy']]]),
  behind('NodeInclusionPolicyInPodTopologySpread', [[spread, ['nodeAffinityPolicy']]]),
  behind('MatchLabelKeysInPodTopologySpread', [[spread, ['matchLabelKeys']]]),
  behind('MatchLabelKeysInPodAffinity', affinities),
  behind(
    'DynamicResourceAllocation',
    [
      [[], ['resourceClaims']],
      [[allContainers, 'resources'], ['claims']],
    ],
    [[[], ['resourceClaims']]],
  ),
  behind('ClusterTrustBundleProjection', [[sources, ['clusterTrustBundle']]]),
  behind('PodCertificateRequest', [[sources, ['podCertificate']]]),
  behind('GenericWorkload', [[[], ['schedulingGroup']]]),
  behind('GenericWorkload', [[[], ['workloadRef']]]),
  behind('InPlacePodVerticalScaling', [[[allContainers], ['resizePolicy']]]),
  behind('SidecarContainers', [[['initContainers', '*'], ['restartPolicy']]]),
  behind('RecursiveReadOnlyMounts', [[[allContainers, 'volumeMounts', '*'], ['recursiveReadOnly']]]),
  behind('HostnameOverride', [[[], ['hostnameOverride']]]),
  behind('EnvFiles', [[[allContainers, 'env', '*', 'valueFrom'], ['fileKeyRef']]]),
];

const inSpec = (field: string): readonly Place[] => [[['spec', allContainers], [field]]];
const inStatuses = (path: readonly string[], fields: readonly string[]): readonly Place[] =>
  statuses.map((list): Place => [['status', list, '*', ...path], fields]);
const results = ['status', 'allocation', 'devices', 'results', '*'];
const devices = ['spec', 'devices', '*'];

/** Of a claim for devices, or of the template of one. */
function ofClaimSpec(...spec: readonly string[]): readonly GatedFields[] {
  const exactly = [...spec, 'devices', 'requests', '*', 'exactly'];
  const alternatives = [...spec, 'devices', 'requests', '*', 'firstAvailable', '*'];
  return [
    behind('DRAPrioritizedList', [[[...spec, 'devices', 'requests', '*'], ['firstAvailable']]]),
    behind('DRADeviceTaints', [
      [exactly, ['tolerations']],
      [alternatives, ['tolerations']],
    ]),
    behind('DRAAdminAccess', [[exactly, ['adminAccess']]]),
    behind('DRAConsumableCapacity', [
      [[...spec, 'devices', 'constraints', '*'], ['distinctAttribute']],
      [exactly, ['capacity']],
      [alternatives, ['capacity']],
    ]),
  ];
}

const terminating = [behind('DeploymentReplicaSetTerminatingReplicas', [[['status'], ['terminatingReplicas']]])];

/** Of the other kinds, and of what kinds with a pod's spec have beside it. */
export const ofKinds: Readonly<Record<string, readonly GatedFields[]>> = {
  '/Pod': [
    behind('InPlacePodLevelResourcesVerticalScaling', [[['status'], ['resources', 'allocatedResources']]]),
    behind('InPlacePodVerticalScaling', inStatuses([], ['resources', 'allocatedResources']), inSpec('resizePolicy')),
    behind('DynamicResourceAllocation', [[['status'], ['resourceClaimStatuses']]], [[['spec'], ['resourceClaims']]]),
    behind('DRAExtendedResource', [[['status'], ['extendedResourceClaimStatus']]]),
    behind('RecursiveReadOnlyMounts', inStatuses([], ['volumeMounts']), [
      [['spec', allContainers, 'volumeMounts', '*'], ['recursiveReadOnly']],
    ]),
    behind('ResourceHealthStatus', inStatuses([], ['allocatedResourcesStatus'])),
    behind('ResourceHealthStatusMessage', inStatuses(['allocatedResourcesStatus', '*', 'resources', '*'], ['message'])),
    behind('SupplementalGroupsPolicy', inStatuses([], ['user']), [[['spec', 'securityContext'], ['supplementalGroupsPolicy']]]),
    behind('PodObservedGenerationTracking', [
      [['status'], ['observedGeneration']],
      [['status', 'conditions', '*'], ['observedGeneration']],
    ]),
    behind('ImageVolumeWithDigest', inStatuses(['volumeMounts', '*'], ['volumeStatus'])),
    behind('DRANodeAllocatableResources', [[['status'], ['nodeAllocatableResourceClaimStatuses']]]),
  ],
  '/Node': [
    behind(['RecursiveReadOnlyMounts', 'UserNamespacesSupport'], [[['status'], ['runtimeHandlers']]], []),
    behind('SupplementalGroupsPolicy', [[['status'], ['features']]]),
    behind('NodeDeclaredFeatures', [[['status'], ['declaredFeatures']]]),
  ],
  '/PersistentVolume': [behind('VolumeAttributesClass', [[['spec'], ['volumeAttributesClassName']]])],
  '/PersistentVolumeClaim': [
    behind('VolumeAttributesClass', [[['spec'], ['volumeAttributesClassName']]]),
    behind('VolumeAttributesClass', [[['status'], ['currentVolumeAttributesClassName']]]),
    behind('VolumeAttributesClass', [[['status'], ['modifyVolumeStatus']]]),
    behind('RecoverVolumeExpansionFailure', [[['status'], ['allocatedResources']]]),
    behind('RecoverVolumeExpansionFailure', [[['status'], ['allocatedResourceStatuses']]]),
  ],
  'apps/Deployment': terminating,
  'apps/ReplicaSet': terminating,
  'apps/StatefulSet': [behind('MaxUnavailableStatefulSet', [[['spec', 'updateStrategy', 'rollingUpdate'], ['maxUnavailable']]])],
  'batch/Job': ofJobSpec('spec'),
  'autoscaling/HorizontalPodAutoscaler': [
    behind('HPAConfigurableTolerance', [
      [['spec', 'behavior', 'scaleUp'], ['tolerance']],
      [['spec', 'behavior', 'scaleDown'], ['tolerance']],
    ]),
  ],
  'discovery.k8s.io/EndpointSlice': [behind('PreferSameTrafficDistribution', [[['endpoints', '*', 'hints'], ['forNodes']]])],
  'coordination.k8s.io/Lease': [behind('CoordinatedLeaderElection', [[['spec'], ['strategy', 'preferredHolder']]])],
  'storage.k8s.io/CSIDriver': [
    behind('SELinuxMountReadWriteOncePod', [[['spec'], ['seLinuxMount']]]),
    behind('MutableCSINodeAllocatableCount', [[['spec'], ['nodeAllocatableUpdatePeriodSeconds']]]),
    behind('CSIServiceAccountTokenSecrets', [[['spec'], ['serviceAccountTokenInSecrets']]]),
    behind('VolumeLimitScaling', [[['spec'], ['preventPodSchedulingIfMissing']]]),
  ],
  'storage.k8s.io/VolumeAttachment': [
    behind('MutableCSINodeAllocatableCount', [[['status', 'attachError'], ['errorCode']]]),
    behind('MutableCSINodeAllocatableCount', [[['status', 'detachError'], ['errorCode']]]),
  ],
  'scheduling.k8s.io/PodGroup': [
    ...ofPodGroup('spec'),
    behind('DRAWorkloadResourceClaims', [[['status'], ['resourceClaimStatuses']]], [[['spec'], ['resourceClaims']]]),
  ],
  'scheduling.k8s.io/Workload': ofPodGroup('spec', 'podGroupTemplates', '*'),
  'resource.k8s.io/DeviceClass': [behind('DRAExtendedResource', [[['spec'], ['extendedResourceName']]])],
  'resource.k8s.io/ResourceClaim': [
    ...ofClaimSpec('spec'),
    behind('DRAResourceClaimDeviceStatus', [[['status'], ['devices']]]),
    behind('DRAConsumableCapacity', [
      [results, ['shareID', 'consumedCapacity']],
      [['status', 'devices', '*'], ['shareID']],
    ]),
    behind('DRADeviceBindingConditions', [[results, ['bindingConditions', 'bindingFailureConditions']]]),
  ],
  'resource.k8s.io/ResourceClaimTemplate': ofClaimSpec('spec', 'spec'),
  'resource.k8s.io/ResourceSlice': [
    behind('DRADeviceTaints', [[devices, ['taints']]]),
    behind('DRAPartitionableDevices', [
      [['spec'], ['sharedCounters', 'perDeviceNodeSelection']],
      [devices, ['consumesCounters', 'nodeName', 'nodeSelector', 'allNodes']],
    ]),
    behind('DRADeviceBindingConditions', [[devices, ['bindingConditions', 'bindingFailureConditions', 'bindsToNode']]]),
    behind('DRAConsumableCapacity', [
      [devices, ['allowMultipleAllocations']],
      [[...devices, 'capacity', '*'], ['requestPolicy']],
    ]),
    behind('DRANodeAllocatableResources', [[devices, ['nodeAllocatableResourceMappings']]]),
    behind('DRAListTypeAttributes', [
      [
        [...devices, 'attributes', '*'],
        ['ints', 'bools', 'strings', 'versions'],
      ],
    ]),
  ],
};

function ofPodGroup(...group: readonly string[]): readonly GatedFields[] {
  return [
    behind('TopologyAwareWorkloadScheduling', [[group, ['schedulingConstraints']]]),
    behind('DRAWorkloadResourceClaims', [[group, ['resourceClaims']]]),
    behind('WorkloadAwarePreemption', [[group, ['disruptionMode']]]),
    behind('WorkloadAwarePreemption', [[group, ['priorityClassName']]]),
    behind('WorkloadAwarePreemption', [[group, ['priority']]]),
  ];
}

function ofJobSpec(...spec: readonly string[]): readonly GatedFields[] {
  return [
    behind('JobManagedBy', [[spec, ['managedBy']]]),
    behind('JobSuccessPolicy', [[spec, ['successPolicy']]]),
    behind('JobBackoffLimitPerIndex', [[spec, ['backoffLimitPerIndex']]]),
    behind('JobBackoffLimitPerIndex', [[spec, ['maxFailedIndexes']]]),
    behind('JobPodReplacementPolicy', [[spec, ['podReplacementPolicy']]]),
  ];
}

/** Fields of features that ended before the oldest release known here: dropped by all. */
export const ended: Readonly<Record<string, readonly Place[]>> = {
  '/Node': [
    [['spec'], ['configSource']],
    [['status'], ['config']],
  ],
};

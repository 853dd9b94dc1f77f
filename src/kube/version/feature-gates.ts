// The feature gates of kube-apiserver and their defaults by minor release, as release 1.36 records them (pkg/features/kube_features.go and
// those of k8s.io/apiserver and k8s.io/apiextensions-apiserver, 1.36.3). A release keeps the history of a gate for emulating the three
// before it; gates that were removed earlier are on, or gone with their feature, in every release from 1.33 on. Later releases are taken
// to have the defaults of 1.36.

import { problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

/** From which minor release on, in which stage (alpha, beta, GA, deprecated), on where the letter is a capital, locked with `!`. */
const histories = {
  APIResponseCompression: '8a 16B',
  APIServerIdentity: '20a 26B',
  APIServerTracing: '22a 27B 34G!',
  APIServingWithRoutine: '30a',
  AggregatedDiscoveryRemoveBetaType: '0g 33D 35D!',
  AllowDNSOnlyNodeCSR: '0G 31d',
  AllowInsecureKubeletCertificateSigningRequests: '0G 31d',
  AllowOverwriteTerminationGracePeriodSeconds: '0G 32d 35d!',
  AllowParsingUserUIDFromCertAuth: '33B',
  AllowServiceExternalIPs: '0G',
  AllowUnsafeMalformedObjectDeletion: '32a',
  AnonymousAuthConfigurableEndpoints: '31a 32B 34G!',
  AnyVolumeDataSource: '18a 24B 33G!',
  AuthorizeNodeWithSelectors: '31a 32B 34G!',
  AuthorizePodWebsocketUpgradeCreatePermission: '35B',
  AuthorizeWithSelectors: '31a 32B 34G!',
  BtreeWatchCache: '32B 33G!',
  CBORServingAndStorage: '32a',
  CPUManagerPolicyAlphaOptions: '23a',
  CPUManagerPolicyBetaOptions: '23B',
  CPUManagerPolicyOptions: '22a 23B 33G!',
  CRDObservedGenerationTracking: '35b 36B',
  CRDValidationRatcheting: '28a 30B',
  CRIListStreaming: '36a',
  CSIServiceAccountTokenSecrets: '35B 36G!',
  CSIVolumeHealth: '21a',
  ChangeContainerStatusOnKubeletRestart: '0G 35d',
  ClearingNominatedNodeNameAfterBinding: '34a 35B',
  CloudControllerManagerWatchBasedRoutesReconciliation: '35a',
  CloudControllerManagerWebhook: '27a',
  ClusterTrustBundle: '27a 33b',
  ClusterTrustBundleProjection: '29a 33b',
  ComponentFlagz: '32a 36B',
  ComponentStatusz: '32a 36B',
  ConcurrentWatchObjectDecode: '31b',
  ConsistentListFromCache: '28a 31B 34G!',
  ConstrainedImpersonation: '35a 36B',
  ContainerCheckpoint: '25a 30B',
  ContainerRestartRules: '34a 35B',
  ContainerStopSignals: '33a',
  CoordinatedLeaderElection: '31a 33b',
  CrossNamespaceVolumeDataSource: '26a',
  CustomCPUCFSQuotaPeriod: '12a 36G',
  CustomResourceFieldSelectors: '30a 31B',
  DRAAdminAccess: '32a 34B 36G!',
  DRAConsumableCapacity: '34a 36B',
  DRADeviceBindingConditions: '34a 36B',
  DRADeviceTaintRules: '35a 36b',
  DRADeviceTaints: '33a 36B',
  DRAExtendedResource: '34a 36B',
  DRAListTypeAttributes: '36a',
  DRANodeAllocatableResources: '36a',
  DRAPartitionableDevices: '33a 36B',
  DRAPrioritizedList: '33a 34B 36G',
  DRAResourceClaimDeviceStatus: '32a 33B',
  DRAResourceClaimGranularStatusAuthorization: '36B',
  DRAResourcePoolStatus: '36a',
  DRASchedulerFilterTimeout: '34B',
  DRAWorkloadResourceClaims: '36a',
  DeclarativeValidation: '33B 36G!',
  DeclarativeValidationBeta: '36B',
  DeclarativeValidationTakeover: '33b 36d',
  DeploymentReplicaSetTerminatingReplicas: '33a 35B',
  DetectCacheInconsistency: '34B',
  DisableAllocatorDualWrite: '31a 33b 34G 35G!',
  DisableCPUQuotaWithExclusiveCPUs: '33B 36D',
  DisableNodeKubeProxyVersion: '29a 31d 33D 36D!',
  DynamicResourceAllocation: '26a 32b 34G 35G!',
  EnvFiles: '34a 35B',
  EventedPLEG: '26a',
  ExecProbeTimeout: '20G 35G!',
  ExtendWebSocketsToKubelet: '36B',
  ExternalServiceAccountTokenSigner: '32a 34B 36G!',
  GangScheduling: '35a',
  GenericWorkload: '35a',
  GitRepoVolumeDriver: '0G 33d 36d!',
  GracefulNodeShutdown: '20a 21B',
  GracefulNodeShutdownBasedOnPodPriority: '23a 24B',
  HPAConfigurableTolerance: '33a 35B',
  HPAScaleToZero: '16a',
  HostnameOverride: '34a 35B',
  ImageMaximumGCAge: '29a 30B 35G!',
  ImageVolume: '31a 33b 35B 36G!',
  ImageVolumeWithDigest: '35a',
  InPlacePodLevelResourcesVerticalScaling: '35a 36B',
  InPlacePodVerticalScaling: '27a 33B 35G!',
  InPlacePodVerticalScalingExclusiveCPUs: '32a',
  InPlacePodVerticalScalingExclusiveMemory: '34a',
  InPlacePodVerticalScalingInitContainers: '36B',
  JobBackoffLimitPerIndex: '28a 29B 33G!',
  JobManagedBy: '30a 32B 35G!',
  JobPodReplacementPolicy: '28a 29B 34G!',
  JobSuccessPolicy: '30a 31B 33G!',
  KMSv1: '0G 28D 29d',
  KubeletCgroupDriverFromCRI: '28a 31B 34G!',
  KubeletCrashLoopBackOffMax: '32a 35B',
  KubeletEnsureSecretPulledImages: '33a 35B',
  KubeletFineGrainedAuthz: '32a 33B 36G!',
  KubeletInUserNamespace: '22a',
  KubeletPSI: '33a 34B 36G!',
  KubeletPodResourcesDynamicResources: '27a 34B 36G!',
  KubeletPodResourcesGet: '27a 34B 36G!',
  KubeletPodResourcesListUseActivePods: '0g 34D',
  KubeletRegistrationGetOnExistsOnly: '0G 32d',
  KubeletSeparateDiskGC: '29a 31B',
  KubeletServiceAccountTokenForCredentialProviders: '33a 34B',
  KubeletTracing: '25a 27B 34G!',
  ListFromCacheSnapshot: '33a 34B',
  LocalStorageCapacityIsolationFSQuotaMonitoring: '15a 31b',
  LogarithmicScaleDown: '21a 22B 31G!',
  ManifestBasedAdmissionControlConfig: '36a',
  MatchLabelKeysInPodAffinity: '29a 31B 33G!',
  MatchLabelKeysInPodTopologySpread: '25a 27B',
  MatchLabelKeysInPodTopologySpreadSelectorMerge: '34B',
  MaxUnavailableStatefulSet: '24a 35b',
  MemoryQoS: '22a',
  MultiCIDRServiceAllocator: '27a 31b 33G 34G!',
  MutableCSINodeAllocatableCount: '33a 34b 35B 36G!',
  MutablePVNodeAffinity: '35a',
  MutablePodResourcesForSuspendedJobs: '35a 36B',
  MutableSchedulingDirectivesForSuspendedJobs: '35a 36B',
  MutatingAdmissionPolicy: '32a 34b 36G',
  NFTablesProxyMode: '29a 31B 33G!',
  NodeDeclaredFeatures: '35a 36B',
  NodeInclusionPolicyInPodTopologySpread: '25a 26B 33G!',
  NodeLogQuery: '27a 30b 36G!',
  NodeSwap: '22a 28b 30B 34G!',
  NominatedNodeNameForExpectation: '34a 35B',
  OpenAPIEnums: '23a 24B',
  OpportunisticBatching: '35B',
  OrderedNamespaceDeletion: '30b 33B 34G!',
  PLEGOnDemandRelist: '36B',
  PersistentVolumeClaimUnusedSinceTime: '36a',
  PodAndContainerStatsFromCRI: '23a',
  PodCertificateRequest: '34a 35b',
  PodDeletionCost: '21a 22B',
  PodLevelResourceManagers: '36a',
  PodLevelResources: '32a 34B',
  PodLifecycleSleepAction: '29a 30B 34G!',
  PodLifecycleSleepActionAllowZero: '32a 33B 34G!',
  PodLogsQuerySplitStreams: '32a',
  PodObservedGenerationTracking: '33a 34B 35G!',
  PodReadyToStartContainersCondition: '28a 29B',
  PodSchedulingReadiness: '26a 27B 30G!',
  PodTopologyLabelsAdmission: '33a 35B',
  PodsAPI: '36a',
  PortForwardWebsockets: '30a 31B',
  PreferSameTrafficDistribution: '33a 34B 35G!',
  PreventStaticPodAPIReferences: '34B',
  ProcMountType: '12a 31b 33B 36G!',
  QOSReserved: '11a',
  RecoverVolumeExpansionFailure: '23a 32B 34G!',
  RecursiveReadOnlyMounts: '30a 31B 33G!',
  ReduceDefaultCrashLoopBackOffDecay: '33a',
  RelaxedDNSSearchValidation: '32a 33B 34G!',
  RelaxedEnvironmentVariableValidation: '30a 32B 34G!',
  RelaxedServiceNameValidation: '34a 36B',
  ReloadKubeletClientCAFile: '36B',
  ReloadKubeletServerCertificateFile: '31B',
  RemoteRequestHeaderUID: '32a 33B',
  ResilientWatchCacheInitialization: '31B 34G!',
  ResourceHealthStatus: '31a 36B',
  ResourceHealthStatusMessage: '36B',
  RestartAllContainersOnContainerExits: '35a 36B',
  RetryGenerateName: '30a 31B',
  RotateKubeletServerCertificate: '7a 12B',
  RuntimeClassInImageCriApi: '29a',
  SELinuxChangePolicy: '32a 33B 36G!',
  SELinuxMount: '30a 33b',
  SELinuxMountReadWriteOncePod: '25a 27b 28B 36G!',
  SchedulerAsyncAPICalls: '34b',
  SchedulerAsyncPreemption: '32a 33B',
  SchedulerPopFromBackoffQ: '33B',
  SchedulerQueueingHints: '28b 32B 34G!',
  SeparateCacheWatchRPC: '28B 33d',
  SeparateTaintEvictionController: '29B 34G!',
  ServiceAccountNodeAudienceRestriction: '32b 33B',
  ServiceAccountTokenJTI: '29a 30B 32G!',
  ServiceAccountTokenNodeBinding: '29a 31B 33G!',
  ServiceAccountTokenNodeBindingValidation: '29a 30B 32G!',
  ServiceAccountTokenPodNodeInfo: '29a 30B 32G!',
  ServiceCIDRStatusFieldWiping: '0g 36D',
  ShardedListAndWatch: '36a',
  SidecarContainers: '28a 29B',
  SizeBasedListCostEstimate: '34B',
  StaleControllerConsistencyDaemonSet: '36B',
  StaleControllerConsistencyJob: '36B',
  StaleControllerConsistencyReplicaSet: '36B',
  StaleControllerConsistencyStatefulSet: '36B',
  StatefulSetSemanticRevisionComparison: '0B',
  StorageCapacityScoring: '33a',
  StorageNamespaceIndex: '30B 33D',
  StorageVersionAPI: '20a',
  StorageVersionHash: '14a 15B',
  StorageVersionMigrator: '30a 35b',
  StreamingCollectionEncodingToJSON: '33B 34G!',
  StreamingCollectionEncodingToProtobuf: '33B 34G!',
  StrictIPCIDRValidation: '33a 36B',
  StructuredAuthenticationConfiguration: '29a 30B 34G!',
  StructuredAuthenticationConfigurationEgressSelector: '34B',
  StructuredAuthenticationConfigurationJWKSMetrics: '35B',
  SupplementalGroupsPolicy: '31a 33B 35G!',
  SystemdWatchdog: '32B 35G!',
  TaintTolerationComparisonOperators: '35a',
  TokenRequestServiceAccountUIDValidation: '34B',
  TopologyAwareWorkloadScheduling: '36a',
  TopologyManagerPolicyAlphaOptions: '26a',
  TopologyManagerPolicyBetaOptions: '26b 28B',
  TopologyManagerPolicyOptions: '26a 28B 32G!',
  TranslateStreamCloseWebsocketRequests: '29a 30B',
  UnauthenticatedHTTP2DOSMitigation: '25b 29B',
  UnknownVersionInteroperabilityProxy: '28a 36B',
  UserNamespacesHostNetworkSupport: '35a',
  UserNamespacesSupport: '25a 30b 33B 36G!',
  VolumeAttributesClass: '29a 31b 34G 36G!',
  VolumeLimitScaling: '35a',
  WatchCacheInitializationPostStartHook: '31b 36B',
  WatchList: '27a 32B 33b 34B',
  WinDSR: '14a 33B 34G!',
  WinOverlay: '14a 20B 34G!',
  WindowsCPUAndMemoryAffinity: '32a',
  WindowsGracefulNodeShutdown: '32a 34B',
  WindowsHostNetwork: '26a 33d',
  WorkloadAwarePreemption: '36a',
  WorkloadWithJob: '36a',
} as const;

export type Gate = keyof typeof histories;

/** The gates that are on. */
export type Features = ReadonlySet<Gate>;

interface Stage {
  readonly stage: string;
  readonly on: boolean;
  readonly locked: boolean;
}

const none: ReadonlyMap<string, boolean> = new Map();
const byMinor = new Map<string, Features>();

/** The features of a release, with the gates that are set; `AllAlpha` and `AllBeta` set those of a stage that are not named themselves. */
export function featuresOf(minor: string, set: ReadonlyMap<string, boolean> = none): Features {
  const known = set.size === 0 ? byMinor.get(minor) : undefined;
  if (known !== undefined) return known;
  const on = new Set(gateNames.filter((gate) => isOn(gate, minor, set)));
  if (set.size === 0) byMinor.set(minor, on);
  return on;
}

/**
 * True where a release has a gate on by default.
 *
 * @example `isOnByDefault('EnvFiles', '1.34')` is `false`
 */
export function isOnByDefault(gate: Gate, minor: string): boolean {
  return featuresOf(minor).has(gate);
}

/** Names of all gates. */
export const gateNames: readonly Gate[] = Object.keys(histories).filter(isGate);

function isGate(name: string): name is Gate {
  return Object.hasOwn(histories, name);
}

function isOn(gate: Gate, minor: string, set: ReadonlyMap<string, boolean>): boolean {
  const own = set.get(gate);
  if (own !== undefined) return own;
  const state = stageOf(gate, minor);
  if (state === undefined) return false;
  const ofStage = state.stage === 'a' ? set.get('AllAlpha') : state.stage === 'b' ? set.get('AllBeta') : undefined;
  return ofStage ?? state.on;
}

/** Where a gate stands in a release; undefined where the release does not know it yet. */
function stageOf(gate: Gate, minor: string): Stage | undefined {
  const release = Number(minor.split('.')[1]);
  let found: Stage | undefined;
  for (const step of histories[gate].split(' ')) {
    const letter = step.replace(/[0-9!]/g, '');
    if (Number.parseInt(step, 10) > release) break;
    found = { stage: letter.toLowerCase(), on: letter !== letter.toLowerCase(), locked: step.endsWith('!') };
  }
  return found;
}

/** Reads what `--feature-gates` says: `Name=true,Other=false`, as kube-apiserver takes it for a release. */
export function readGates(text: string, minor: string): Result<ReadonlyMap<string, boolean>> {
  const set = new Map<string, boolean>();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [name = '', value, ...more] = part.split('=').map((each) => each.trim());
    if (value === undefined || more.length > 0)
      return failure(problem('usage/bad-flag', `--feature-gates ${part}: write it as NAME=true or NAME=false`));
    const on = truths.get(value.toLowerCase());
    if (on === undefined) return failure(problem('usage/bad-flag', `--feature-gates ${part}: ${value} is neither true nor false`));
    const bulk = name === 'AllAlpha' || name === 'AllBeta';
    const state = isGate(name) ? stageOf(name, minor) : undefined;
    if (!bulk && state === undefined)
      return failure(problem('usage/bad-flag', `--feature-gates ${name}: Kubernetes ${minor} has no such feature gate`));
    if (state?.locked === true && state.on !== on)
      return failure(problem('usage/bad-flag', `--feature-gates ${part}: Kubernetes ${minor} has it locked to ${state.on}`));
    set.set(name, on);
  }
  return ok(set);
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true'].map((word) => [word, true] as const),
  ...['0', 'f', 'false'].map((word) => [word, false] as const),
]);

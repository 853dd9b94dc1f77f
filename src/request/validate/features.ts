// Which checks a release makes: the feature gates of kube-apiserver that validation asks, by the minor release in which their default became
// true (pkg/features/kube_features.go, 1.36). A gate that no release has on by default is not listed: its branch does not exist here.

const since = {
  RecoverVolumeExpansionFailure: 32,
  RelaxedEnvironmentVariableValidation: 32,
  RelaxedDNSSearchValidation: 33,
  PodLifecycleSleepActionAllowZero: 33,
  InPlacePodVerticalScaling: 33,
  MatchLabelKeysInPodTopologySpreadSelectorMerge: 34,
  PodLevelResources: 34,
  PreferSameTrafficDistribution: 34,
  VolumeAttributesClass: 34,
  ClearingNominatedNodeNameAfterBinding: 35,
  ContainerRestartRules: 35,
  EnvFiles: 35,
  InPlacePodLevelResourcesVerticalScaling: 36,
  InPlacePodVerticalScalingInitContainers: 36,
  MutablePodResourcesForSuspendedJobs: 36,
  MutableSchedulingDirectivesForSuspendedJobs: 36,
  RelaxedServiceNameValidation: 36,
  RestartAllContainersOnContainerExits: 36,
  StrictIPCIDRValidation: 36,
} as const;

export type Feature = keyof typeof since;

/**
 * True where a release has the feature on by default.
 *
 * @example `hasFeature('1.36', 'StrictIPCIDRValidation')` is `true`
 */
export function hasFeature(version: string, feature: Feature): boolean {
  let minor = minors.get(version);
  if (minor === undefined) {
    minor = Number(version.split('.')[1] ?? '');
    minors.set(version, minor);
  }
  return Number.isInteger(minor) && minor >= since[feature];
}

/** The versions asked about, which are few. */
const minors = new Map<string, number>();

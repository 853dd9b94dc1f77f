// The names under which other scanners keep their checks, as their own releases list them: names that our controls carry as aliases are
// checked against these lists, and the coverage page is made from them. kubescape, Trivy and checkov number theirs; of those the form is
// checked. Names are facts; nothing else of those projects is here.

export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Every check by name; empty for tools whose ids are numbers, which `form` describes. */
  readonly checks: readonly string[];
  readonly form?: RegExp;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const tools: readonly Tool[] = [
  { name: 'kubescape', version: 'regolibrary of 2026-08', checks: [], form: /^(?:C-[0-9]{4}|rule:[A-Za-z0-9_-]+)$/ },
  { name: 'trivy', version: 'trivy-checks of 2026-08', checks: [], form: /^(?:K(?:SV|CV)-[0-9]{4,5}|kubernetes-[a-z0-9-]+)$/ },
  { name: 'checkov', version: '3.3', checks: [], form: /^CKV2?_K8S_[0-9]{1,3}$/ },
  { name: 'KALM benchmark', version: '2026-06', checks: [], form: /^(?:CM|NP|NS|POD|PSA|RBAC|REL|RES|SC|WL)-[0-9]{3}(?:-[0-9]){0,2}$/ },
  { name: 'kubeconform', version: '0.8', checks: ['kubeconform'] },
  { name: 'kubeval', version: '0.16', checks: ['kubeval'] },
  {
    name: 'kube-linter, templates and later checks',
    version: '2026',
    checks: ['container-runtime-sock', 'statefulset-volumeclaimtemplate-annotation'],
  },
  {
    name: 'kube-linter',
    version: '0.8.3',
    checks: words(`
      access-to-create-pods access-to-secrets cluster-admin-role-binding dangling-horizontalpodautoscaler dangling-ingress
      dangling-networkpolicy dangling-networkpolicypeer-podselector dangling-service dangling-servicemonitor
      default-service-account deprecated-service-account-field dnsconfig-options docker-sock drop-net-raw-capability
      duplicate-env-var env-value-from env-var-secret exposed-services host-ipc host-network host-pid hpa-minimum-three-replicas
      invalid-target-ports job-ttl-seconds-after-finished latest-tag liveness-port minimum-three-replicas mismatching-selector
      no-anti-affinity no-extensions-v1beta no-liveness-probe no-node-affinity no-read-only-root-fs no-readiness-probe
      no-rolling-update-strategy non-existent-service-account non-isolated-pod pdb-max-unavailable pdb-min-available
      pdb-unhealthy-pod-eviction-policy priority-class-name privilege-escalation-container privileged-container privileged-ports
      read-secret-from-env-var readiness-port required-annotation-email required-label-owner restart-policy run-as-non-root
      scc-deny-privileged-container schema-validation sensitive-host-mounts sorted-keys ssh-port startup-port unsafe-proc-mount
      unsafe-sysctls unset-cpu-requirements unset-memory-requirements use-namespace wildcard-in-rules writable-host-mount
    `),
  },
  {
    name: 'kube-score',
    version: '1.20.0',
    checks: words(`
      deployment-strategy deployment-replicas ingress-targets-service cronjob-has-deadline cronjob-restartpolicy
      container-resources container-resource-requests-equal-limits container-cpu-requests-equal-limits
      container-memory-requests-equal-limits container-image-tag container-image-pull-policy
      container-ephemeral-storage-request-and-limit container-ephemeral-storage-request-equals-limit container-ports-check
      environment-variable-key-duplication statefulset-has-poddisruptionbudget deployment-has-poddisruptionbudget
      poddisruptionbudget-has-policy pod-networkpolicy networkpolicy-targets-pod pod-probes pod-probes-identical
      container-security-context-user-group-id container-security-context-privileged
      container-security-context-readonlyrootfilesystem container-seccomp-profile service-targets-pod service-type stable-version
      deployment-has-host-podantiaffinity statefulset-has-host-podantiaffinity
      deployment-targeted-by-hpa-does-not-have-replicas-configured statefulset-has-servicename
      deployment-pod-selector-labels-match-template-metadata-labels statefulset-pod-selector-labels-match-template-metadata-labels
      label-values horizontalpodautoscaler-has-target horizontalpodautoscaler-replicas pod-topology-spread-constraints
    `),
  },
  {
    name: 'polaris',
    version: '10',
    checks: words(`
      automountServiceAccountToken clusterrolePodExecAttach clusterrolebindingClusterAdmin clusterrolebindingPodExecAttach
      cpuLimitsMissing cpuRequestsMissing dangerousCapabilities deploymentMissingReplicas gatewayAllowedRoutesAll
      gatewayCrossNamespaceCertificateRef gatewayInsecureFrontendValidation gatewayTLSMissing hostIPCSet hostNetworkSet hostPIDSet
      hostPathSet hostPortSet hostProcess hpaMaxAvailability hpaMinAvailability httpRouteBackendTLSMissing
      httpRouteCrossNamespaceBackendRef httpRouteInsecureListener httpRouteWildcardOrEmptyHost insecureCapabilities
      kgatewayBackendTLSVerificationDisabled linuxHardening livenessProbeMissing memoryLimitsMissing memoryRequestsMissing
      metadataAndInstanceMismatched missingNetworkPolicy missingPodDisruptionBudget notReadOnlyRootFilesystem pdbDisruptionsIsZero
      pdbMinAvailableGreaterThanHPAMinReplicas priorityClassNotSet privilegeEscalationAllowed procMount pullPolicyNotAlways
      readinessProbeMissing rolePodExecAttach rolebindingClusterAdminClusterRole rolebindingClusterAdminRole
      rolebindingClusterRolePodExecAttach rolebindingRolePodExecAttach runAsPrivileged runAsRootAllowed sensitiveConfigmapContent
      sensitiveContainerEnvVar tagNotSpecified tlsSettingsMissing topologySpreadConstraint
    `),
  },
  {
    name: 'kubesec',
    version: '2.14.2',
    checks: words(`
      HostNetwork HostPID HostIPC ReadOnlyRootFilesystem RunAsNonRoot RunAsUser RunAsGroup Privileged CapSysAdmin CapDropAny
      CapDropAll DockerSock ProcMount RequestsCPU LimitsCPU RequestsMemory LimitsMemory ServiceAccountName HostAliases SeccompAny
      SeccompUnconfined ApparmorAny VolumeClaimAccessModeReadWriteOnce VolumeClaimRequestsStorage AllowPrivilegeEscalation
      AutomountServiceAccountToken
    `),
  },
  {
    name: 'kubeaudit',
    version: '0.22',
    checks: words(`
      AllowAllEgressNetworkPolicyExists AllowAllIngressNetworkPolicyExists AllowPrivilegeEscalationNil
      AllowPrivilegeEscalationTrue AppArmorAnnotationMissing AppArmorDisabled AutomountServiceAccountTokenDeprecated
      AutomountServiceAccountTokenTrueAndDefaultSA CapabilityAdded CapabilityOrSecurityContextMissing CapabilityShouldDropAll
      DeprecatedAPIUsed ImageTagIncorrect ImageTagMissing LimitsCPUExceeded LimitsCPUNotSet LimitsMemoryExceeded
      LimitsMemoryNotSet LimitsNotSet MissingDefaultDenyEgressNetworkPolicy MissingDefaultDenyIngressAndEgressNetworkPolicy
      MissingDefaultDenyIngressNetworkPolicy NamespaceHostIPCTrue NamespaceHostNetworkTrue NamespaceHostPIDTrue PrivilegedNil
      PrivilegedTrue ReadOnlyRootFilesystemFalse ReadOnlyRootFilesystemNil RunAsNonRootCSCFalse RunAsNonRootPSCFalseCSCNil
      RunAsNonRootPSCNilCSCNil RunAsUserCSCRoot RunAsUserPSCRoot SeccompAnnotationMissing SeccompDeprecatedContainer
      SeccompDeprecatedPod SeccompDisabledContainer SeccompDisabledPod SeccompProfileMissing SensitivePathsMounted
    `),
  },
  {
    name: 'popeye',
    version: '0.22.1',
    checks: words(`
      POP-100 POP-101 POP-102 POP-103 POP-104 POP-105 POP-106 POP-107 POP-108 POP-109 POP-110 POP-111 POP-112 POP-113 POP-200
      POP-201 POP-202 POP-203 POP-204 POP-205 POP-206 POP-207 POP-208 POP-209 POP-300 POP-301 POP-302 POP-303 POP-304 POP-305
      POP-306 POP-307 POP-308 POP-400 POP-401 POP-402 POP-403 POP-404 POP-405 POP-406 POP-407 POP-666 POP-500 POP-501 POP-503
      POP-504 POP-505 POP-506 POP-507 POP-508 POP-600 POP-602 POP-603 POP-604 POP-605 POP-700 POP-701 POP-702 POP-703 POP-704
      POP-705 POP-706 POP-707 POP-708 POP-709 POP-710 POP-711 POP-712 POP-800 POP-900 POP-901 POP-1000 POP-1001 POP-1002 POP-1003
      POP-1004 POP-1100 POP-1101 POP-1102 POP-1103 POP-1104 POP-1105 POP-1106 POP-1107 POP-1108 POP-1109 POP-1110 POP-1120
      POP-1200 POP-1201 POP-1202 POP-1203 POP-1204 POP-1205 POP-1206 POP-1207 POP-1208 POP-1300 POP-1400 POP-1401 POP-1402
      POP-1403 POP-1404 POP-1500 POP-1501 POP-1502 POP-1503 POP-1600 POP-1601 POP-1602 POP-1603 POP-1604 POP-1700 POP-1701
      POP-1702 POP-1703 POP-1704
    `),
  },
];

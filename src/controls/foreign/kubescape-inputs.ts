// Settings of kubescape (`postureControlInputs`, regolibrary 2026-08) read as settings of our controls, so that a team can bring the
// configuration it has. A key that is not in the table has no counterpart; the keys kubescape itself no longer reads
// (`servicesNames`, `wlKnownNames`) and those of image scans are left out.

import { asList, asObject, field, type Json, strings } from '../../lib/json.ts';

/** One of our settings that a kubescape key fills. */
export interface InputTarget {
  readonly control: string;
  readonly parameter: string;
  /** `list` takes the strings as they are; `first` the first of them, where kubescape keeps one value in a list. */
  readonly as: 'list' | 'first';
}

/** The controls that look for credentials share their settings. */
function credentials(parameter: string): readonly InputTarget[] {
  return ['secrets/environment', 'secrets/config-map'].map((control) => ({ control, parameter, as: 'list' }));
}

export const kubescapeInputs: Readonly<Record<string, readonly InputTarget[]>> = {
  insecureCapabilities: [{ control: 'workload/insecure-capabilities', parameter: 'capabilities', as: 'list' }],
  imageRepositoryAllowList: [{ control: 'supply-chain/trusted-registries', parameter: 'allowed', as: 'list' }],
  untrustedRegistries: [{ control: 'supply-chain/blocked-registries', parameter: 'blocked', as: 'list' }],
  publicRegistries: [{ control: 'supply-chain/blocked-registries', parameter: 'public', as: 'list' }],
  imageDigestExemptRepositories: [{ control: 'supply-chain/image-digest', parameter: 'exemptRepositories', as: 'list' }],
  floatingImageTags: [
    { control: 'supply-chain/pull-moving-tag', parameter: 'floatingTags', as: 'list' },
    { control: 'supply-chain/image-tag', parameter: 'floatingTags', as: 'list' },
  ],
  cpu_request_min: [{ control: 'resources/cpu-range', parameter: 'requestMin', as: 'first' }],
  cpu_request_max: [{ control: 'resources/cpu-range', parameter: 'requestMax', as: 'first' }],
  cpu_limit_min: [{ control: 'resources/cpu-range', parameter: 'limitMin', as: 'first' }],
  cpu_limit_max: [{ control: 'resources/cpu-range', parameter: 'limitMax', as: 'first' }],
  memory_request_min: [{ control: 'resources/memory-range', parameter: 'requestMin', as: 'first' }],
  memory_request_max: [{ control: 'resources/memory-range', parameter: 'requestMax', as: 'first' }],
  memory_limit_min: [{ control: 'resources/memory-range', parameter: 'limitMin', as: 'first' }],
  memory_limit_max: [{ control: 'resources/memory-range', parameter: 'limitMax', as: 'first' }],
  recommendedLabels: [{ control: 'hygiene/workload-labels', parameter: 'labels', as: 'list' }],
  k8sRecommendedLabels: [{ control: 'hygiene/recommended-labels', parameter: 'labels', as: 'list' }],
  sensitiveKeyNames: credentials('names'),
  sensitiveKeyNamesAllowed: credentials('allowedNames'),
  sensitiveValues: credentials('values'),
  sensitiveValuesAllowed: credentials('allowedValues'),
  hardenedSandboxRuntimeClasses: [{ control: 'sandbox/runtime-class', parameter: 'hardened', as: 'list' }],
  sandbox_cpu_limit_max: [{ control: 'sandbox/cpu-ceiling', parameter: 'max', as: 'first' }],
  sandbox_memory_limit_max: [{ control: 'sandbox/memory-ceiling', parameter: 'max', as: 'first' }],
};

/**
 * Settings that are kubescape's way whatever its configuration says: values that CIS leaves to judgement are always put up for review, and
 * a default that is right must be written out.
 */
const always: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'control-plane/api-server-request-timeout': { review: true },
  'control-plane/audit-log-backups': { review: true },
  'control-plane/audit-log-size': { review: true },
  'control-plane/controller-manager-pod-gc': { review: true },
  'control-plane/kube-proxy-metrics': { explicit: true },
};

/** Our settings by control id, from a kubescape configuration or the `postureControlInputs` in it. Keys without a counterpart are returned apart. */
export function kubescapeParameters(configuration: Json | undefined): {
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly unknown: readonly string[];
} {
  const parameters: Record<string, Readonly<Record<string, Json>>> = { ...always };
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(asObject(field(configuration, 'postureControlInputs') ?? configuration))) {
    const targets = Object.hasOwn(kubescapeInputs, key) ? kubescapeInputs[key] : undefined;
    if (targets === undefined) unknown.push(key);
    for (const { control, parameter, as } of targets ?? []) {
      const values = strings(asList(value));
      if (as === 'first' && values.length === 0) continue;
      parameters[control] = { ...parameters[control], [parameter]: as === 'first' ? (values[0] ?? '') : values };
    }
  }
  return { parameters, unknown };
}

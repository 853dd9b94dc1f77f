// The configuration of admission plugins: AdmissionConfiguration of apiserver.config.k8s.io/v1, which `--admission-control-config-file` names, and
// what it holds for each plugin, in place or in a file beside it (k8s.io/apiserver/pkg/admission/config.go, 0.36). Reading files is the caller's.
// Left out: configurations of plugins that are not listed here, which are named.

import { asList, asNumber, asObject, asString, field, isObject, type Json, type JsonObject, stringMap } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { type PodSecurityConfiguration, readConfiguration } from '../../policy/pod-security/configuration.ts';
import type { EventLimit, LimitType } from './event-rate-limit.ts';
import type { ImagePolicy } from './image-policy.ts';
import { podSecurityProblem } from './pod-security.ts';
import { type LimitedResource, readLimitedResources } from './quota-configuration.ts';
import { admissionConfigurations, podSecurityConfigurations, readVersioned } from './versioned-configuration.ts';

export interface PluginConfiguration {
  /** PodNodeSelector: `clusterDefaultNodeSelector`, and what pods of a namespace may select. */
  readonly nodeSelectors?: Readonly<Record<string, string>>;
  /** PodTolerationRestriction: tolerations that pods get, and those they may have, where their namespace says nothing. */
  readonly defaultTolerations?: readonly JsonObject[];
  readonly allowedTolerations?: readonly JsonObject[];
  readonly eventLimits?: readonly EventLimit[];
  readonly imagePolicy?: ImagePolicy;
  readonly podSecurity?: PodSecurityConfiguration;
  /** ResourceQuota: what may be used only where a quota covers it. */
  readonly limitedResources?: readonly LimitedResource[];
}

/** One plugin's part: the text is that of its file, where it has one. */
export interface PluginPart {
  readonly name: string;
  readonly path: string;
  readonly value: Json | undefined;
}

/** The parts of a configuration; a file of one of the two old forms is the part of its plugins. */
export function pluginParts(value: Json, file: string): Result<readonly PluginPart[], Problem> {
  const isOld = isObject(value) && (value.imagePolicy !== undefined || value.podNodeSelectorPluginConfig !== undefined);
  if (isOld && value.kind === undefined) return ok(['ImagePolicyWebhook', 'PodNodeSelector'].map((name) => ({ name, path: '', value })));
  const read = readVersioned(value, admissionConfigurations);
  if (!read.ok) return failure(problem('usage/bad-flag', `${file} holds no AdmissionConfiguration: ${read.problem}`));
  return ok(
    asList(read.value.plugins).map((plugin) => ({
      name: asString(field(plugin, 'name')) ?? '',
      path: asString(field(plugin, 'path')) ?? '',
      value: field(plugin, 'configuration') ?? undefined,
    })),
  );
}

export interface ReadConfiguration {
  readonly configuration: PluginConfiguration;
  /** Plugins whose configuration is not read here. */
  readonly unread: readonly string[];
}

/** What the parts say; `imagePolicyUrl` finds the backend in a kubeconfig. */
export function readPluginConfiguration(
  parts: readonly PluginPart[],
  imagePolicyUrl: (kubeConfigFile: string) => string,
): Result<ReadConfiguration, Problem> {
  let configuration: PluginConfiguration = {};
  const unread: string[] = [];
  // Of a plugin that is named twice the first part counts.
  const first = parts.filter(({ name }, index) => parts.findIndex((part) => part.name === name) === index);
  for (const { name, value } of first) {
    const read = Object.hasOwn(readers, name) ? readers[name]?.(value, imagePolicyUrl) : undefined;
    if (read === undefined) unread.push(name);
    else if (typeof read === 'string') return failure(problem('usage/bad-flag', `the configuration of ${name}: ${read}`));
    else configuration = { ...configuration, ...read };
  }
  return ok({ configuration, unread });
}

type Reader = (value: Json | undefined, imagePolicyUrl: (file: string) => string) => PluginConfiguration | string;

const readers: Readonly<Record<string, Reader>> = {
  PodNodeSelector: (value) => ({ nodeSelectors: stringMap(field(value, 'podNodeSelectorPluginConfig')) }),
  PodTolerationRestriction: (value) => ({
    defaultTolerations: asList(field(value, 'default')).filter(isObject),
    allowedTolerations: asList(field(value, 'whitelist')).filter(isObject),
  }),
  EventRateLimit: readLimits,
  PodSecurity: (value) => {
    if (value === undefined) return {};
    const read = readVersioned(value, podSecurityConfigurations);
    if (!read.ok) return read.problem;
    return podSecurityProblem(read.value) ?? { podSecurity: readConfiguration(read.value) };
  },
  ResourceQuota: (value) => {
    const read = value === undefined ? ok([]) : readLimitedResources(value);
    return read.ok ? { limitedResources: read.value } : read.problem;
  },
  ImagePolicyWebhook: (value, urlOf) => {
    const policy = asObject(field(value, 'imagePolicy'));
    const kubeConfigFile = asString(policy.kubeConfigFile) ?? '';
    if (kubeConfigFile === '') return 'imagePolicy.kubeConfigFile is missing';
    return { imagePolicy: { kubeConfigFile, url: urlOf(kubeConfigFile), defaultAllow: policy.defaultAllow === true } };
  },
};

const limitTypes: readonly LimitType[] = ['Server', 'Namespace', 'User', 'SourceAndObject'];

function readLimits(value: Json | undefined): PluginConfiguration | string {
  const written = asList(field(value, 'limits'));
  if (written.length === 0) return 'limits: Invalid value: must not be empty';
  const limits: EventLimit[] = [];
  for (const [index, each] of written.entries()) {
    const type = limitTypes.find((known) => known === field(each, 'type'));
    const [qps, burst, cacheSize] = ['qps', 'burst', 'cacheSize'].map((key) => asNumber(field(each, key)) ?? 0);
    if (type === undefined) return `limits[${index}].type: Unsupported value`;
    if (burst === undefined || burst <= 0) return `limits[${index}].burst: Invalid value: ${burst}: must be positive`;
    if (qps === undefined || qps <= 0) return `limits[${index}].qps: Invalid value: ${qps}: must be positive`;
    if (cacheSize === undefined || cacheSize < 0) return `limits[${index}].cacheSize: Invalid value: ${cacheSize}: must not be negative`;
    limits.push({ type, qps, burst, cacheSize });
  }
  return { eventLimits: limits };
}

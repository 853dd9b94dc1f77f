// What a pod's validation allows because the stored pod already had it: rules that came later do not break objects that came before
// (kubernetes pkg/api/pod, GetValidationOptionsFromPodSpecAndMeta, 1.36). On creation everything is asked.

import type { Features, Gate } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { FieldError } from '../../fields/error.ts';
import { root } from '../../fields/path.ts';
import { amounts } from '../amount.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../meta/labels.ts';
import { labelValue } from '../meta/names.ts';
import { given, member, object, objects, text, texts } from '../read.ts';
import type { ValidationContext } from '../validator.ts';
import { isHugePages, isWholePages } from './resource-names.ts';

export interface PodOptions {
  readonly version: string;
  readonly features: Features;
  readonly allowPrivileged: boolean;
  /** A pod itself, not a template of pods. */
  readonly isPod: boolean;
  readonly allowInvalidDeletionCost: boolean;
  readonly allowInvalidLabelValue: boolean;
  readonly allowInvalidNodeAffinityValue: boolean;
  readonly allowInvalidSpreadSelector: boolean;
  readonly allowPartialHugePages: boolean;
  readonly allowHostSysctls: boolean;
  readonly allowNonLocalTokenPath: boolean;
  readonly allowComparingTolerations: boolean;
  readonly allowUserNamespaceHostNetwork: boolean;
  readonly allowUserNamespaceDevices: boolean;
  readonly allowRestartForPlainInit: boolean;
  readonly violatesMatchLabelKeys: boolean;
  readonly violatesUnmergedKeys: boolean;
  readonly onlyRecursiveSELinuxChange: boolean;
}

export interface PodParts {
  readonly spec: JsonObject;
  readonly annotations: Json | undefined;
}

/** The rules for a pod or template, given what is stored. */
export function podOptions(context: ValidationContext, isPod: boolean, old?: PodParts): PodOptions {
  const spec = old?.spec;
  const containers = spec === undefined ? [] : allContainers(spec);
  const oldCost = member(old?.annotations, 'controller.kubernetes.io/pod-deletion-cost');
  return {
    version: context.version,
    features: context.features,
    allowPrivileged: context.allowPrivileged,
    isPod,
    allowInvalidDeletionCost: oldCost !== undefined && !isDeletionCost(oldCost),
    allowInvalidLabelValue: spec !== undefined && hasInvalidAffinityValue(spec),
    allowInvalidNodeAffinityValue: spec !== undefined && hasInvalidNodeAffinityValue(spec),
    allowInvalidSpreadSelector: spec !== undefined && hasInvalidSpreadSelector(spec),
    allowPartialHugePages: containers.some((container) =>
      ['limits', 'requests'].some((list) =>
        amounts(object(container.resources)?.[list]).some(([name, value]) => isHugePages(name) && !isWholePages(name, value)),
      ),
    ),
    allowHostSysctls: spec !== undefined && hasHostSysctl(spec),
    allowNonLocalTokenPath: spec !== undefined && hasNonLocalTokenPath(spec),
    allowComparingTolerations:
      context.features.has('TaintTolerationComparisonOperators') ||
      objects(spec?.tolerations).some(({ operator }) => operator === 'Lt' || operator === 'Gt'),
    allowUserNamespaceHostNetwork:
      context.features.has('UserNamespacesHostNetworkSupport') || (spec?.hostUsers === false && spec.hostNetwork === true),
    allowUserNamespaceDevices: spec?.hostUsers === false && containers.some((container) => objects(container.volumeDevices).length > 0),
    allowRestartForPlainInit: objects(spec?.initContainers).some(
      (container) =>
        container.restartPolicy !== 'Always' &&
        objects(container.resizePolicy).some((policy) => policy.restartPolicy === 'RestartContainer'),
    ),
    violatesUnmergedKeys: objects(spec?.topologySpreadConstraints).some(violatesUnmergedKeys),
    violatesMatchLabelKeys: objects(spec?.topologySpreadConstraints).some(violatesMatchLabelKeys),
    onlyRecursiveSELinuxChange: !given(object(spec?.securityContext)?.seLinuxChangePolicy),
  };
}

export function allContainers(spec: JsonObject): readonly JsonObject[] {
  return [...objects(spec.initContainers), ...objects(spec.containers), ...objects(spec.ephemeralContainers)];
}

/** A 32-bit number whose first digit says so. */
export function isDeletionCost(value: string): boolean {
  if (!/^(?:0|-[0-9]+|[1-9][0-9]*)$/.test(value)) return false;
  const cost = Number(value);
  return cost >= -2147483648 && cost <= 2147483647;
}

function hasInvalidAffinityValue(spec: JsonObject): boolean {
  const affinity = object(spec.affinity);
  return [object(affinity?.podAffinity), object(affinity?.podAntiAffinity)].some((side) =>
    [
      ...objects(side?.requiredDuringSchedulingIgnoredDuringExecution),
      ...objects(side?.preferredDuringSchedulingIgnoredDuringExecution).map((term) => object(term.podAffinityTerm) ?? {}),
    ].some((term) => hasInvalidLabelValue(term.labelSelector) || hasInvalidLabelValue(term.namespaceSelector)),
  );
}

function hasInvalidNodeAffinityValue(spec: JsonObject): boolean {
  const required = object(object(object(spec.affinity)?.nodeAffinity)?.requiredDuringSchedulingIgnoredDuringExecution);
  return hasInvalidTermValue(required?.nodeSelectorTerms);
}

export function hasInvalidTermValue(terms: Json | undefined): boolean {
  return objects(terms).some((term) =>
    objects(term.matchExpressions).some((expression) => texts(expression.values).some((value) => labelValue(value).length > 0)),
  );
}

function hasInvalidSpreadSelector(spec: JsonObject): boolean {
  return objects(spec.topologySpreadConstraints).some((constraint) => {
    const errors: FieldError[] = [];
    validateLabelSelector(constraint.labelSelector, root, errors);
    return errors.length > 0;
  });
}

function hasHostSysctl(spec: JsonObject): boolean {
  return objects(object(spec.securityContext)?.sysctls).some(({ name }) => hostSysctl(text(name), spec) !== undefined);
}

const ipcSysctls = new Set([
  'kernel.sem',
  ...['', 'all', 'max', 'mni', '_rmid_forced'].map((end) => `kernel.shm${end}`),
  ...['', 'max', 'mnb', 'mni'].map((end) => `kernel.msg${end}`),
]);

/** The namespace of the host that a sysctl would reach into, where the pod shares it. */
export function hostSysctl(name: string, spec: JsonObject): 'hostNetwork' | 'hostIPC' | undefined {
  const swapped = /[./]/.exec(name)?.[0] === '/' ? name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.')) : name;
  const dotted = swapped.split('*')[0] ?? '';
  if (dotted.startsWith('net.')) return spec.hostNetwork === true ? 'hostNetwork' : undefined;
  const ofIpc = ipcSysctls.has(dotted) || dotted.startsWith('fs.mqueue.');
  return ofIpc && spec.hostIPC === true ? 'hostIPC' : undefined;
}

function hasNonLocalTokenPath(spec: JsonObject): boolean {
  return objects(spec.volumes).some((volume) =>
    objects(object(volume.projected)?.sources).some((source) => {
      const path = text(object(source.serviceAccountToken)?.path);
      return given(source.serviceAccountToken) && (path.startsWith('/') || path.startsWith('..') || path.split('/').includes('..'));
    }),
  );
}

function violatesUnmergedKeys(constraint: JsonObject): boolean {
  const keys = texts(constraint.matchLabelKeys);
  const selector = object(constraint.labelSelector);
  const inLabels = Object.keys(object(selector?.matchLabels) ?? {});
  const selected = new Set([...inLabels, ...objects(selector?.matchExpressions).map(({ key }) => text(key))]);
  return keys.length > 0 && (selector === undefined || keys.some((key) => selected.has(key)));
}

function violatesMatchLabelKeys(constraint: JsonObject): boolean {
  const keys = texts(constraint.matchLabelKeys);
  if (keys.length === 0) return false;
  const selector = object(constraint.labelSelector);
  if (selector === undefined) return true;
  const seen = new Set(Object.keys(object(selector.matchLabels) ?? {}));
  return objects(selector.matchExpressions).some(({ key }) => {
    const found = keys.includes(text(key)) && seen.has(text(key));
    seen.add(text(key));
    return found;
  });
}

/** True where the release makes the check. */
export function checks(options: PodOptions, feature: Gate): boolean {
  return options.features.has(feature);
}

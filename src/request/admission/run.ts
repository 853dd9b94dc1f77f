// Admission in the order of the server: every plugin that changes objects, then, after validation, every plugin that only judges. The first
// refusal ends it (pkg/kubeapiserver/options/plugins.go, Kubernetes 1.36).

import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import { alwaysAdmit, alwaysDeny } from './always.ts';
import { alwaysPullImages } from './always-pull-images.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction, clusterTrustBundleAttest } from './certificates.ts';
import { eventRateLimit } from './event-rate-limit.ts';
import { imagePolicyWebhook } from './image-policy.ts';
import { limitRanger } from './limit-ranger.ts';
import { keepReadable, managedFieldsOf } from './managed-fields.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { namespaceAutoProvision, namespaceExists } from './namespaces.ts';
import { nodeRestriction } from './node-restriction.ts';
import { ownerReferences } from './owner-references.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { jobValidation, podGroupProtection, podGroupWorkloadExists } from './pod-groups.ts';
import { limitPodHardAntiAffinityTopology, podNodeSelector, podTopologyLabels, taintNodesByCondition } from './pod-placement.ts';
import { nodeDeclaredFeatureValidator, podResizeValidator } from './pod-resize.ts';
import { podSecurity } from './pod-security.ts';
import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './policies.ts';
import { priority } from './priority.ts';
import { beginSecondRound } from './reinvocation.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccountPlugin } from './service-account.ts';
import { defaultIngressClass, denyServiceExternalIps } from './services.ts';
import { defaultStorageClass, persistentVolumeClaimResize, storageObjectInUseProtection } from './storage.ts';
import { defaultTolerationSeconds, extendedResourceToleration, podTolerationRestriction } from './tolerations.ts';
import { mutatingWebhooks } from './webhook/mutating.ts';
import { validatingWebhooks } from './webhook/validating.ts';

/** All plugins, in the server's order. */
export const orderedPlugins: readonly Plugin[] = [
  alwaysAdmit,
  namespaceAutoProvision,
  namespaceLifecycle,
  namespaceExists,
  limitPodHardAntiAffinityTopology,
  limitRanger,
  serviceAccountPlugin,
  nodeRestriction,
  taintNodesByCondition,
  alwaysPullImages,
  imagePolicyWebhook,
  podSecurity,
  podNodeSelector,
  priority,
  defaultTolerationSeconds,
  podTolerationRestriction,
  eventRateLimit,
  extendedResourceToleration,
  defaultStorageClass,
  storageObjectInUseProtection,
  podGroupProtection,
  ownerReferences,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  clusterTrustBundleAttest,
  certificateSubjectRestriction,
  defaultIngressClass,
  denyServiceExternalIps,
  podTopologyLabels,
  podGroupWorkloadExists,
  nodeDeclaredFeatureValidator,
  jobValidation,
  podResizeValidator,
  mutatingAdmissionPolicy,
  mutatingWebhooks,
  validatingAdmissionPolicy,
  validatingWebhooks,
  resourceQuota,
  alwaysDeny,
];

/** Something that happened to a request on its way, for who wants to see it. */
export interface Happening {
  readonly stage: 'decoded' | 'mutating' | 'validated' | 'validating';
  /** The admission plugin, of the stages that have one. */
  readonly plugin?: Plugin;
  readonly refusal?: Refusal | undefined;
  readonly attributes: Attributes;
}

export type Observe = (happening: Happening) => void;

/** Runs the plugins that may change the object. */
export function admit(attributes: Attributes, observe?: Observe): Refusal | undefined {
  const { operation, target } = attributes;
  if (operation === 'CREATE' && target.type.kind === 'custom' && target.type.isEnding)
    return forbidden(target, attributes.name, 'create not allowed while custom resource definition is terminating');
  const before = managedFieldsOf(attributes);
  const first = run('admit', attributes, observe);
  const refusal = first === undefined && beginSecondRound(attributes) ? run('admit', attributes, observe) : first;
  if (refusal === undefined) keepReadable(attributes, before);
  return refusal;
}

/** Runs the plugins that judge the final object. */
export function validateAdmission(attributes: Attributes, observe?: Observe): Refusal | undefined {
  return run('validate', attributes, observe);
}

function run(step: 'admit' | 'validate', attributes: Attributes, observe: Observe | undefined): Refusal | undefined {
  for (const plugin of activePlugins(attributes.serving.server.plugins, step)) {
    const refusal = plugin[step]?.(attributes);
    observe?.({ stage: step === 'admit' ? 'mutating' : 'validating', plugin, refusal, attributes });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const active = new WeakMap<ReadonlySet<string>, Readonly<Record<'admit' | 'validate', readonly Plugin[]>>>();

/** The plugins that a server has on, of those that have anything to do in a step. */
function activePlugins(names: ReadonlySet<string>, step: 'admit' | 'validate'): readonly Plugin[] {
  let found = active.get(names);
  if (found === undefined) {
    const on = orderedPlugins.filter(({ name }) => names.has(name));
    found = { admit: on.filter(({ admit }) => admit !== undefined), validate: on.filter(({ validate }) => validate !== undefined) };
    active.set(names, found);
  }
  return found[step];
}

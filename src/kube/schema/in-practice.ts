// Where the published schemas and the API server disagree about what is required and what must be unique, as asked of kube-apiserver 1.36.3
// with one object of every kind and a field removed or a list member repeated (dry run). Keys leave the version out.

import type { Schema } from './schema.ts';

/** Called required, and accepted when absent: the zero value is valid, or nothing checks it. */
const optional = new Set([
  'apiextensions.CustomResourceDefinitionVersion.served',
  'apiextensions.CustomResourceDefinitionVersion.storage',
  'apps.ControllerRevision.revision',
  'batch.PodFailurePolicy.rules',
  'core.HTTPHeader.value',
  'core.ISCSIPersistentVolumeSource.lun',
  'core.ISCSIVolumeSource.lun',
  'core.LimitRangeSpec.limits',
  'core.PreferredSchedulingTerm.preference',
  'core.ScaleIOPersistentVolumeSource.secretRef',
  'core.ScaleIOVolumeSource.secretRef',
  'core.SleepAction.seconds',
  'core.Sysctl.value',
  'discovery.ForNode.name',
  'discovery.ForZone.name',
  'resource.Counter.value',
  'resource.DeviceCapacity.value',
  'resource.DeviceClass.spec',
  'resource.ResourceClaim.spec',
  'resource.ResourceClaimTemplate.spec',
  'resource.ResourceClaimTemplateSpec.spec',
  'resource.ResourcePool.generation',
  'storage.CSIDriver.spec',
  'storage.CSINode.spec',
  'storage.CSINodeSpec.drivers',
  'storage.TokenRequest.audience',
]);

/** Lists keyed or set-like by schema whose repeated members the server refuses; elsewhere it takes them, at most with a warning. */
const unique = new Set([
  'admissionregistration.MutatingWebhookConfiguration.webhooks',
  'admissionregistration.ValidatingWebhookConfiguration.webhooks',
  'admissionregistration.MutatingWebhook.matchConditions',
  'admissionregistration.ValidatingWebhook.matchConditions',
  'admissionregistration.MutatingAdmissionPolicySpec.matchConditions',
  'admissionregistration.ValidatingAdmissionPolicySpec.matchConditions',
  'admissionregistration.ValidatingAdmissionPolicyBindingSpec.validationActions',
  'batch.PodFailurePolicyOnExitCodesRequirement.values',
  'core.Container.volumeDevices',
  'core.Container.volumeMounts',
  'core.NodeSpec.podCIDRs',
  'core.PodSpec.containers',
  'core.PodSpec.initContainers',
  'core.PodSpec.topologySpreadConstraints',
  'core.PodSpec.volumes',
  'core.ServiceSpec.ports',
  'storage.CSINodeSpec.drivers',
]);

/** True for a required field that the API server takes an object without. */
export function isOptionalInPractice(schema: Schema, field: string): boolean {
  return optional.has(keyOf(schema, field));
}

/** True for a list in which the API server refuses a member that repeats another's key. */
export function isUniqueInPractice(schema: Schema, field: string): boolean {
  return unique.has(keyOf(schema, field));
}

function keyOf(schema: Schema, field: string): string {
  const [group = '', , kind = ''] = schema.definition?.split('.') ?? [];
  return `${group}.${kind}.${field}`;
}

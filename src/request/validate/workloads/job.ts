// Jobs and the jobs in CronJobs (kubernetes pkg/apis/batch/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { goMapJson } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateDomainPrefixedPath } from '../meta/prefixed.ts';
import { validateImmutable, validateNonNegatives } from '../numbers.ts';
import type { PodOptions } from '../pod/options.ts';
import { templateOptions, validatePodTemplate } from '../pod/template.ts';
import { podNameWarning, podWarnings } from '../pod/warnings.ts';
import { byteLength, count, given, labelsOf, member, metadataOf, number, object, objects, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { validateFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { isConditionTrue, validateJobStatus } from './job-status.ts';
import { matchTemplate, notSelected, shownSelector } from './selector.ts';

export const jobMetadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const specPath = fieldPath('spec');
const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

/** A job's spec but for its selector, which the server makes. */
export function validateJobTemplate(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  validateNonNegatives(spec, counts, path, errors);
  const perIndex = given(spec.backoffLimitPerIndex);
  if (given(spec.maxFailedIndexes) && !perIndex)
    errors.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  if (given(spec.managedBy)) validateManagedBy(text(spec.managedBy), path.child('managedBy'), errors);
  const mode = text(spec.completionMode);
  const indexed = mode === 'Indexed';
  if (given(spec.completionMode) && mode !== 'NonIndexed' && !indexed)
    errors.push(notSupported(path.child('completionMode'), mode, ['NonIndexed', 'Indexed']));
  if (indexed) validateIndexed(spec, path, errors);
  if (!given(spec.completionMode) || mode === 'NonIndexed')
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (given(spec[field])) errors.push(invalid(path.child(field), spec[field], 'requires indexed completion mode'));
  const failurePolicy = object(spec.podFailurePolicy);
  if (failurePolicy !== undefined) validateFailurePolicy(spec, failurePolicy, path.child('podFailurePolicy'), errors);
  const successPolicy = object(spec.successPolicy);
  if (successPolicy !== undefined) {
    if (!indexed)
      errors.push(
        invalid(path.child('successPolicy'), asInternal(successPolicy, 'batch.SuccessPolicy'), 'requires indexed completion mode'),
      );
    else validateSuccessPolicy(spec, successPolicy, path.child('successPolicy'), errors);
  }
  validateReplacement(spec, path.child('podReplacementPolicy'), errors);
  const template = struct(spec.template);
  validatePodTemplate(template, path.child('template'), errors, options);
  validateRestart(
    text(struct(template.spec).restartPolicy),
    failurePolicy !== undefined,
    path.child('template', 'spec', 'restartPolicy'),
    errors,
  );
}

function validateRestart(policy: string, hasFailurePolicy: boolean, path: Path, errors: FieldError[]): void {
  if (policy === 'Always' || policy === '') errors.push(required(path, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(path, policy, ['OnFailure', 'Never']));
  else if (hasFailurePolicy && policy !== 'Never')
    errors.push(invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}

function validateReplacement(spec: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(spec.podReplacementPolicy)) return;
  const allowed = given(spec.podFailurePolicy) ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (!allowed.includes(text(spec.podReplacementPolicy))) errors.push(notSupported(path, spec.podReplacementPolicy, allowed));
}

function validateIndexed(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const completions = number(spec.completions);
  const parallelism = number(spec.parallelism);
  const failed = number(spec.maxFailedIndexes);
  if (completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
  if (parallelism !== undefined && parallelism > 100000)
    errors.push(invalid(path.child('parallelism'), parallelism, 'must be less than or equal to 100000 when completion mode is Indexed'));
  if (completions !== undefined && failed !== undefined && failed > completions)
    errors.push(invalid(path.child('maxFailedIndexes'), failed, 'must be less than or equal to completions'));
  if (failed !== undefined && failed > 100000)
    errors.push(invalid(path.child('maxFailedIndexes'), failed, 'must be less than or equal to 100000'));
  if (completions === undefined || completions <= 100000 || !given(spec.backoffLimitPerIndex)) return;
  if (failed === undefined) errors.push(required(path.child('maxFailedIndexes'), 'must be specified when completions is above 100000'));
  for (const [field, value] of [
    ['parallelism', parallelism],
    ['maxFailedIndexes', failed],
  ] as const)
    if (value !== undefined && value > 10000)
      errors.push(
        invalid(
          path.child(field),
          value,
          'must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
        ),
      );
}

function validateManagedBy(manager: string, path: Path, errors: FieldError[]): void {
  validateDomainPrefixedPath(manager, path, errors);
  if (byteLength(manager) > 63) errors.push(tooLong(path, 63));
}

function validateJobSpec(spec: JsonObject, errors: FieldError[], options: PodOptions): void {
  validateJobTemplate(spec, specPath, errors, options);
  if (!given(spec.selector)) errors.push(required(specPath.child('selector')));
  else validateLabelSelector(spec.selector, specPath.child('selector'), errors, { allowInvalidLabelValue: options.allowInvalidLabelValue });
  const template = struct(spec.template);
  const match = matchTemplate(spec.selector, template);
  if (match === 'differs' || match === 'nothing') errors.push(notSelected(template, specPath.child('template', 'metadata', 'labels')));
}

const legacyLabels = { uid: 'controller-uid', name: 'job-name' };
const prefixedLabels = { uid: 'batch.kubernetes.io/controller-uid', name: 'batch.kubernetes.io/job-name' };

/** The selector and labels that the server makes for a job are there, and are its own. */
function validateGenerated(job: JsonObject, requirePrefixed: boolean, errors: FieldError[]): void {
  const spec = struct(job.spec);
  if (spec.manualSelector === true || !given(spec.selector)) return;
  const { uid, name } = metadataOf(job);
  if (text(uid) === '') errors.push(required('metadata.uid'));
  const labels = labelsOf(struct(spec.template));
  const expected: Record<string, string> = {};
  const at = specPath.child('template', 'metadata', 'labels');
  for (const keys of requirePrefixed ? [legacyLabels, prefixedLabels] : [legacyLabels])
    for (const [key, value] of [
      [keys.uid, text(uid)],
      [keys.name, text(name)],
    ] as const) {
      expected[key] = value;
      const found = member(labels, key);
      if (found === undefined) errors.push(required(at.key(key), `must be '${value}'`));
      else if (found !== value) errors.push({ ...invalid(at.key(key), '', `must be '${value}'`), value: goMapJson(labels) });
    }
  const match = matchTemplate(spec.selector, { metadata: { labels: expected } });
  if (match === 'differs' || match === 'nothing')
    errors.push(invalid(specPath.child('selector'), shownSelector(spec.selector), '`selector` not auto-generated'));
}

function validateJob(job: JsonObject, errors: FieldError[], options: PodOptions, requirePrefixed: boolean): void {
  const spec = struct(job.spec);
  validateMetadata(job, jobMetadata, errors);
  validateGenerated(job, requirePrefixed, errors);
  validateJobSpec(spec, errors, options);
  const completions = count(spec.completions);
  const name = text(metadataOf(job).name);
  const hostname = `${name}-${completions - 1}`;
  if (spec.completionMode === 'Indexed' && completions > 0 && dnsLabel(hostname).length > 0)
    errors.push(invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${hostname}`));
}

/** What of a suspended job's template may change: where its pods run, and since 1.36 what they may use. */
interface Suspension {
  readonly scheduling: boolean;
  readonly resources: boolean;
}

function suspensionOf(old: JsonObject, features: Features): Suspension {
  const status = struct(old.status);
  const suspended = struct(old.spec).suspend === true;
  const idle = suspended && (!given(status.startTime) || isConditionTrue(status, 'Suspended')) && count(status.active) === 0;
  const before = suspended && !given(status.startTime);
  return {
    scheduling: features.has('MutableSchedulingDirectivesForSuspendedJobs') ? idle : before,
    resources: features.has('MutablePodResourcesForSuspendedJobs') && idle,
  };
}

const frozen: readonly (readonly [string, string])[] = [
  ['completionMode', '*text'],
  ['podFailurePolicy', '*batch.PodFailurePolicy'],
  ['backoffLimitPerIndex', '*int'],
  ['managedBy', '*text'],
  ['successPolicy', '*batch.SuccessPolicy'],
];

function validateSpecUpdate(spec: JsonObject, old: JsonObject, errors: FieldError[], suspension: Suspension): void {
  const completions = specPath.child('completions');
  if (spec.completionMode !== 'Indexed') validateImmutable(spec.completions, old.completions, completions, errors);
  else if (!sameValue(spec.completions, old.completions) && given(spec.completions) && spec.completions !== spec.parallelism)
    errors.push(invalid(completions, spec.completions, 'can only be modified in tandem with spec.parallelism'));
  validateImmutable(spec.selector, old.selector, specPath.child('selector'), errors, shownSelector(spec.selector), '*meta.LabelSelector');
  validateTemplateUpdate(struct(spec.template), struct(old.template), old.suspend === true, errors, suspension);
  for (const [field, type] of frozen)
    validateImmutable(
      spec[field],
      old[field],
      specPath.child(field),
      errors,
      given(spec[field]) ? asInternal(spec[field], type) : null,
      type,
    );
}

function validateTemplateUpdate(
  template: JsonObject,
  oldTemplate: JsonObject,
  suspended: boolean,
  errors: FieldError[],
  { scheduling, resources }: Suspension,
): void {
  const old = scheduling ? withDirectives(oldTemplate, template) : oldTemplate;
  if (!suspended || !resources) {
    validateImmutable(
      template,
      old,
      specPath.child('template'),
      errors,
      asInternal(template, 'core.PodTemplateSpec'),
      'core.PodTemplateSpec',
    );
    return;
  }
  const now = struct(template.spec);
  const before: Record<string, Json | undefined> = { ...struct(old.spec) };
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = objects(now[list]);
    const olds = objects(before[list]);
    if (containers.length === olds.length)
      before[list] = olds.map((each, index) => {
        const other = containers[index];
        return (text(other?.name) === text(each.name) ? { ...each, resources: other?.resources } : each) as Json;
      });
  }
  validateImmutable(now, before as JsonObject, specPath.child('template.spec'), errors, asInternal(now, 'core.PodSpec'), 'core.PodSpec');
}

/** The stored template with the new one's scheduling directives. */
function withDirectives(old: JsonObject, now: JsonObject): JsonObject {
  const spec = struct(old.spec);
  const wanted = struct(now.spec);
  const affinity = object(wanted.affinity);
  const stored = object(spec.affinity);
  const merged = affinity === undefined && stored === undefined ? undefined : { ...stored, nodeAffinity: affinity?.nodeAffinity };
  return {
    ...old,
    metadata: { ...metadataOf(old), annotations: metadataOf(now).annotations, labels: metadataOf(now).labels },
    spec: {
      ...spec,
      affinity: merged,
      nodeSelector: wanted.nodeSelector,
      tolerations: wanted.tolerations,
      schedulingGates: wanted.schedulingGates,
    },
  };
}

export const job: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateJob(object, errors, templateOptions(context), true);
    return errors;
  },
  update: (object, old, context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') {
      validateMetadataUpdate(object, old, errors);
      validateJobStatus(object, old, errors);
      return errors;
    }
    const before = struct(old.spec);
    const now = struct(object.spec);
    const base = templateOptions(context, before.template);
    const options = { ...base, allowInvalidLabelValue: base.allowInvalidLabelValue || hasInvalidLabelValue(before.selector) };
    const labels = labelsOf(struct(before.template));
    const prefixed = Object.values(prefixedLabels).every((key) => member(labels, key) !== undefined);
    validateJob(object, errors, options, prefixed);
    validateMetadataUpdate(object, old, errors);
    validateJobSpec(now, errors, options);
    validateSpecUpdate(now, before, errors, suspensionOf(old, context.features));
    return errors;
  },
  warnings: (object, old, _context, subresource) => {
    if (subresource !== '') return [];
    if (old !== undefined && metadataOf(object).generation === metadataOf(old).generation) return [];
    const name = old === undefined ? podNameWarning(dnsLabel(text(metadataOf(object).name))) : [];
    return [...name, ...jobSpecWarnings(struct(object.spec), specPath)];
  },
};

/** Warnings of a job's spec at a path. */
export function jobSpecWarnings(spec: JsonObject, path: Path): readonly string[] {
  const template = struct(spec.template);
  const large =
    spec.completionMode === 'Indexed' && count(spec.completions) > 100000 && count(spec.parallelism) > 10000
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
        ]
      : [];
  return [...large, ...podWarnings(struct(template.spec), metadataOf(template).annotations, path.child('template'))];
}

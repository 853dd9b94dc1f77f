// StatefulSets (kubernetes pkg/apis/apps/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { claimSpecWarnings, validateClaimSpec } from '../core/persistent-volume-claim.ts';
import { asInternal } from '../internal.ts';
import { complain, validateAnnotations, validateLabelSelector, validateLabels } from '../meta/labels.ts';
import { dnsLabel } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateNonNegative, validateNonNegatives } from '../numbers.ts';
import { validatePodAnnotations } from '../pod/annotations.ts';
import type { PodOptions } from '../pod/options.ts';
import { templateOptions, validatePodTemplate } from '../pod/template.ts';
import { podWarnings } from '../pod/warnings.ts';
import { given, metadataOf, number, object, objects, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { amountOfStep, validateAtMostAll, validateStep } from './rolling.ts';
import { isEmptySelector, matchTemplate, notSelected, shownSelector } from './selector.ts';
import { validateReplicaCounts } from './status.ts';
import { validateKeptPods } from './template-for.ts';

const spec = fieldPath('spec');

/** What an update does not ask of what is stored. */
interface Leniency {
  readonly anyServiceName: boolean;
  readonly skipTemplate: boolean;
  readonly skipClaims: boolean;
}
const strict: Leniency = { anyServiceName: false, skipTemplate: false, skipClaims: false };

function validateSpec(
  set: JsonObject,
  errors: FieldError[],
  options: PodOptions,
  { anyServiceName, skipTemplate, skipClaims }: Leniency,
): void {
  const management = text(set.podManagementPolicy);
  if (management === '') errors.push(required(spec.child('podManagementPolicy')));
  else if (management !== 'OrderedReady' && management !== 'Parallel')
    errors.push(invalid(spec.child('podManagementPolicy'), management, "must be 'OrderedReady' or 'Parallel'"));
  validateStrategy(struct(set.updateStrategy), errors);
  const retention = object(set.persistentVolumeClaimRetentionPolicy);
  if (retention !== undefined)
    for (const field of ['whenDeleted', 'whenScaled'])
      if (retention[field] !== 'Retain' && retention[field] !== 'Delete')
        errors.push(notSupported(spec.child('persistentVolumeClaimRetentionPolicy', field), text(retention[field]), ['Retain', 'Delete']));
  if (!skipClaims)
    for (const [position, claim] of objects(set.volumeClaimTemplates).entries())
      validateClaimSpec(struct(claim.spec), spec.child('volumeClaimTemplates').index(position).child('spec'), errors, {
        features: options.features,
      });
  validateNonNegatives(set, ['replicas', 'minReadySeconds'], spec, errors);
  if (given(set.ordinals)) validateNonNegative(struct(set.ordinals).start, spec.child('ordinals.start'), errors);
  const service = text(set.serviceName);
  if (!anyServiceName && service !== '') complain(service, dnsLabel(service), spec.child('serviceName'), errors);
  const at = spec.child('selector');
  if (!given(set.selector)) errors.push(required(at));
  else {
    validateLabelSelector(set.selector, at, errors);
    if (isEmptySelector(set.selector)) errors.push(invalid(at, shownSelector(set.selector), 'empty selector is invalid for statefulset'));
  }
  const template = struct(set.template);
  const match = matchTemplate(set.selector, template);
  if (match === 'unreadable') errors.push(invalid(at, shownSelector(set.selector), ''));
  else validateTemplate(set, template, match === 'differs' || match === 'nothing', errors, options, skipTemplate);
  validateKeptPods(template, 'StatefulSet', spec.child('template'), errors);
}

/** The template with what the controller sets itself, and with the claims of the set as its volumes. */
function validateTemplate(
  set: JsonObject,
  template: JsonObject,
  differs: boolean,
  errors: FieldError[],
  options: PodOptions,
  skip: boolean,
): void {
  const path = spec.child('template');
  const podSpec = struct(template.spec);
  const claims = new Set(objects(set.volumeClaimTemplates).map((claim) => text(metadataOf(claim).name)));
  const asRun: JsonObject = {
    ...template,
    spec: {
      ...podSpec,
      subdomain: '',
      hostname: '',
      volumes: [
        ...[...claims].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
        ...objects(podSpec.volumes).filter((volume) => !claims.has(text(volume.name))),
      ],
    },
  };
  const { labels, annotations } = metadataOf(template);
  if (differs) errors.push(notSelected(template, path.child('metadata', 'labels')));
  if (!skip) validatePodTemplate(asRun, path, errors, options);
  validateLabels(labels, path.child('labels'), errors);
  validateAnnotations(annotations, path.child('annotations'), errors);
  validatePodAnnotations(annotations, struct(asRun.spec), path.child('annotations'), errors, options);
}

function validateStrategy(strategy: JsonObject, errors: FieldError[]): void {
  const path = spec.child('updateStrategy');
  const type = text(strategy.type);
  const rolling = object(strategy.rollingUpdate);
  const at = path.child('rollingUpdate');
  if (type === '') errors.push(required(path));
  else if (type === 'OnDelete') {
    if (rolling !== undefined)
      errors.push(
        invalid(at, asInternal(rolling, 'apps.RollingUpdateStatefulSetStrategy'), "only allowed for updateStrategy 'RollingUpdate'"),
      );
  } else if (type !== 'RollingUpdate')
    errors.push(invalid(path, asInternal(strategy, 'apps.StatefulSetUpdateStrategy'), "must be 'RollingUpdate' or 'OnDelete'"));
  else if (rolling !== undefined) {
    validateNonNegative(rolling.partition, at.child('partition'), errors);
    if (!given(rolling.maxUnavailable)) return;
    validateStep(rolling.maxUnavailable, at.child('maxUnavailable'), errors);
    if (amountOfStep(rolling.maxUnavailable) === 0) errors.push(invalid(at.child('maxUnavailable'), rolling.maxUnavailable, 'cannot be 0'));
    validateAtMostAll(rolling.maxUnavailable, at.child('maxUnavailable'), errors);
  }
}

const mutable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];

export const statefulSet: Validator = {
  create: (set, context) => {
    const errors: FieldError[] = [];
    validateMetadata(set, { namespaced: true, name: dnsLabel }, errors);
    validateSpec(struct(set.spec), errors, templateOptions(context), strict);
    return errors;
  },
  update: (set, old, context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') {
      validateReplicaCounts(struct(set.status), struct(old.status), 'statefulSet', errors);
      validateMetadataUpdate(set, old, errors);
      return errors;
    }
    validateMetadataUpdate(set, old, errors);
    const before = struct(old.spec);
    const now = struct(set.spec);
    const options = templateOptions(context, before.template);
    const ofOld: FieldError[] = [];
    validateSpec(before, ofOld, options, { anyServiceName: true, skipTemplate: false, skipClaims: true });
    validateSpec(now, errors, options, { anyServiceName: true, skipTemplate: ofOld.length > 0, skipClaims: true });
    const changed: Record<string, Json | undefined> = { ...now };
    for (const field of mutable) changed[field] = before[field];
    if (!sameValue(changed, before, 'apps.StatefulSetSpec'))
      errors.push(
        forbidden(
          spec,
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      );
    return errors;
  },
  warnings: (set, old, _context, subresource) => {
    if (subresource !== '') return [];
    const now = struct(set.spec);
    const template = struct(now.template);
    const changed = old === undefined || metadataOf(set).generation !== metadataOf(old).generation;
    return [
      ...(changed ? podWarnings(struct(template.spec), metadataOf(template).annotations, spec.child('template')) : []),
      ...objects(now.volumeClaimTemplates).flatMap((claim, position) => {
        const at = spec.child('volumeClaimTemplates').index(position);
        return claimSpecWarnings(struct(claim.spec), old === undefined ? at : at.child('Spec'));
      }),
      ...((number(now.revisionHistoryLimit) ?? 0) < 0
        ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
        : []),
    ];
  },
};

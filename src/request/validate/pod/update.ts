// Updates of pods: almost nothing of a spec may change, gated pods apart; and of their ephemeral containers (kubernetes
// pkg/apis/core/validation, ValidatePodUpdate, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import { goMapJson, goQuote } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { differenceOf } from '../difference.ts';
import { asInternal } from '../internal.ts';
import { rangeComplaint } from '../meta/names.ts';
import { validateMetadataUpdate } from '../meta/object-meta.ts';
import { given, member, metadataOf, number, object, objects, pairs, size, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import { mirrorAnnotation, validateAnnotationUpdates, validatePodAnnotations } from './annotations.ts';
import { validateImageSpaces } from './containers.ts';
import type { PodOptions } from './options.ts';
import { validateTolerations } from './scheduling.ts';

const spec = fieldPath('spec');
const annotationsPath = fieldPath('metadata', 'annotations');
const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

type Fields = Record<string, Json | undefined>;

/** Annotations of an update: some may not change, all must be good. */
export function validateAnnotationsOfUpdate(pod: JsonObject, old: JsonObject, errors: FieldError[], options: PodOptions): void {
  const annotations = metadataOf(pod).annotations;
  validateAnnotationUpdates(annotations, metadataOf(old).annotations, annotationsPath, errors);
  validatePodAnnotations(annotations, struct(pod.spec), annotationsPath, errors, options);
}

export function validatePodUpdate(
  pod: JsonObject,
  old: JsonObject,
  errors: FieldError[],
  options: PodOptions,
  validateWhole: () => void,
): void {
  const now = struct(pod.spec);
  const before = struct(old.spec);
  validateMetadataUpdate(pod, old, errors);
  validateWhole();
  validateAnnotationsOfUpdate(pod, old, errors, options);
  for (const list of ['containers', 'initContainers'] as const) if (!validateImages(now, before, list, errors)) return;
  if (!validateDeadline(now, before, errors)) return;
  validateAddedTolerations(now, before, errors, options);
  validateDeletedGates(now, before, errors);
  if (sameValue(now, before, 'core.PodSpec')) return;
  const changed: Fields = { ...now };
  for (const list of ['containers', 'initContainers'] as const)
    if (size(now[list]) > 0)
      changed[list] = objects(now[list]).map((container, index) => ({ ...container, image: objects(before[list])[index]?.image }) as Json);
  changed.activeDeadlineSeconds = before.activeDeadlineSeconds;
  changed.schedulingGates = before.schedulingGates;
  changed.tolerations = before.tolerations;
  const grace = number(before.terminationGracePeriodSeconds);
  if (grace !== undefined && grace < 0 && changed.terminationGracePeriodSeconds === 1) changed.terminationGracePeriodSeconds = grace;
  if (size(before.schedulingGates) > 0) allowPlacement(changed, now, before, errors);
  if (!sameValue(changed, before, 'core.PodSpec'))
    errors.push(
      forbidden(
        spec,
        `pod updates may not change fields other than ${updatable.join(',')}\n${differenceOf(before, changed, 'core.PodSpec')}`,
      ),
    );
}

/** False where containers came or went: nothing more is asked then. */
function validateImages(now: JsonObject, before: JsonObject, list: string, errors: FieldError[]): boolean {
  const containers = objects(now[list]);
  if (containers.length !== size(before[list])) {
    errors.push(forbidden(spec.child(list), 'pod updates may not add or remove containers'));
    return false;
  }
  for (const [position, container] of containers.entries()) {
    const at = spec.child(list).index(position);
    if (text(container.image) === '') errors.push(required(at.child('image')));
    validateImageSpaces(container, at, errors);
  }
  return true;
}

function validateDeadline(now: JsonObject, before: JsonObject, errors: FieldError[]): boolean {
  const at = spec.child('activeDeadlineSeconds');
  const deadline = number(now.activeDeadlineSeconds);
  const old = number(before.activeDeadlineSeconds);
  if (deadline === undefined) {
    if (old !== undefined) errors.push(invalid(at, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (deadline < 0 || deadline > 2147483647) {
    errors.push(invalid(at, deadline, rangeComplaint(0, 2147483647)));
    return false;
  }
  if (old === undefined || old >= deadline) return true;
  errors.push(invalid(at, deadline, 'must be less than or equal to previous value'));
  return false;
}

function validateAddedTolerations(now: JsonObject, before: JsonObject, errors: FieldError[], options: PodOptions): void {
  const at = spec.child('tolerations');
  const tolerations = objects(now.tolerations);
  for (const old of objects(before.tolerations)) {
    const stays = tolerations.some((each) => sameValue({ ...old, tolerationSeconds: each.tolerationSeconds }, each, 'core.Toleration'));
    if (stays) continue;
    errors.push(forbidden(at, 'existing toleration can not be modified except its tolerationSeconds'));
    return;
  }
  validateTolerations(now.tolerations, at, errors, options);
}

function validateDeletedGates(now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  const old = new Set(objects(before.schedulingGates).map((gate) => text(gate.name)));
  const added = new Map(objects(now.schedulingGates).map((gate, position) => [text(gate.name), position]));
  for (const [name, position] of added)
    if (!old.has(name))
      errors.push(
        forbidden(
          spec.child('schedulingGates').index(position).child('name'),
          `only deletion is allowed, but found new scheduling gate '${name}'`,
        ),
      );
}

/** A gated pod may be bound to fewer nodes than before (KEP-3838). */
function allowPlacement(changed: Fields, now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  if (!sameValue(now.nodeSelector, before.nodeSelector, '{}text')) {
    if (pairs(before.nodeSelector).some(([key, value]) => member(now.nodeSelector, key) !== value))
      errors.push({
        ...invalid(spec.child('nodeSelector'), '', 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'),
        value: goMapJson(now.nodeSelector ?? null),
      });
    changed.nodeSelector = before.nodeSelector;
  }
  const old = object(object(before.affinity)?.nodeAffinity);
  const affinity = object(now.affinity);
  const mine = object(affinity?.nodeAffinity);
  if (sameValue(old, mine, '*core.NodeAffinity')) return;
  validateNodeAffinityMutation(mine, old, spec.child('affinity', 'nodeAffinity'), errors);
  if (affinity === undefined) changed.affinity = old === undefined ? undefined : { nodeAffinity: old };
  else if (!given(before.affinity) && !given(affinity.podAffinity) && !given(affinity.podAntiAffinity)) changed.affinity = undefined;
  else changed.affinity = { ...affinity, nodeAffinity: old };
}

function validateNodeAffinityMutation(now: JsonObject | undefined, old: JsonObject | undefined, path: Path, errors: FieldError[]): void {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const before = object(old?.[required]);
  if (before === undefined) return;
  const at = path.child(required, 'nodeSelectorTerms');
  const oldTerms = objects(before.nodeSelectorTerms);
  const terms = objects(object(now?.[required])?.nodeSelectorTerms);
  const shown = (term: JsonObject) => asInternal(term, 'core.NodeSelectorTerm');
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) {
    const all = terms.length === 0 ? null : terms.map(shown);
    errors.push(invalid(at, all, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
    return;
  }
  for (const [position, oldTerm] of oldTerms.entries()) {
    const term = terms[position] ?? {};
    if (!onlyAdds(term, oldTerm))
      errors.push(invalid(at.index(position), shown(term), 'only additions are allowed (no mutations or deletions)'));
  }
}

function onlyAdds(term: JsonObject, old: JsonObject): boolean {
  if (size(old.matchExpressions) === 0 && size(old.matchFields) === 0)
    return size(term.matchExpressions) === 0 && size(term.matchFields) === 0;
  return ['matchExpressions', 'matchFields'].every((field) => {
    const before = objects(old[field]);
    return sameValue(objects(term[field]).slice(0, before.length) as Json, before as Json, '[]core.NodeSelectorRequirement');
  });
}

/** `ephemeralcontainers`: they are added, and never changed or taken away (KEP-277). */
export function validateEphemeralUpdate(
  pod: JsonObject,
  old: JsonObject,
  errors: FieldError[],
  validateWhole: () => void,
): readonly FieldError[] {
  validateMetadataUpdate(pod, old, errors);
  validateWhole();
  validateAnnotationUpdates(metadataOf(pod).annotations, metadataOf(old).annotations, annotationsPath, errors);
  if (member(metadataOf(old).annotations, mirrorAnnotation) !== undefined)
    return [forbidden(fieldPath(''), 'static pods do not support ephemeral containers')];
  const now = new Map(objects(struct(pod.spec).ephemeralContainers).map((container) => [text(container.name), container]));
  const at = spec.child('ephemeralContainers');
  for (const before of objects(struct(old.spec).ephemeralContainers)) {
    const name = goQuote(text(before.name));
    const container = now.get(text(before.name));
    if (container === undefined) errors.push(forbidden(at, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!sameValue(container, before, 'core.EphemeralContainer'))
      errors.push(
        forbidden(
          at,
          `existing ephemeral containers ${name} may not be changed\n${differenceOf(before, container, 'core.EphemeralContainer')}`,
        ),
      );
  }
  return errors;
}

// Annotations that say something about a pod: mirror pods, deletion cost, and the seccomp and AppArmor annotations that fields replaced
// (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { member, object, pairs, text } from '../read.ts';
import { isDeletionCost, type PodOptions } from './options.ts';
import { validateDescendingPath } from './paths.ts';
import { validateTolerations } from './scheduling.ts';
import { eachContainer } from './visit.ts';

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const tolerations = 'scheduler.alpha.kubernetes.io/tolerations';
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';
export const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

export function validatePodAnnotations(
  annotations: Json | undefined,
  spec: JsonObject,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  const mirror = member(annotations, mirrorAnnotation);
  if (mirror !== undefined && text(spec.nodeName) === '')
    errors.push(invalid(path.key(mirrorAnnotation), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  const old = member(annotations, tolerations) ?? '';
  if (old !== '') validateTolerationsAnnotation(old, path, errors, options);
  const cost = member(annotations, deletionCost);
  if (cost !== undefined && !options.allowInvalidDeletionCost && !isDeletionCost(cost))
    errors.push(invalid(path.key(deletionCost), cost, 'must be a 32bit integer'));
  const seccomp = member(annotations, seccompPodAnnotation);
  if (seccomp !== undefined) validateSeccompAnnotation(seccomp, path.child(seccompPodAnnotation), errors);
  for (const [key, value] of pairs(annotations)) {
    if (key.startsWith(seccompContainerAnnotation)) validateSeccompAnnotation(value, path.child(key), errors);
    if (!key.startsWith(appArmorAnnotation)) continue;
    const name = key.slice(appArmorAnnotation.length);
    let found = false;
    for (const { container } of eachContainer(spec, path)) if (text(container.name) === name) found = true;
    if (!found) errors.push(invalid(path.key(key), name, 'container not found'));
    if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/'))
      errors.push(invalid(path.key(key), value, `invalid AppArmor profile name: ${goQuote(value)}`));
  }
}

/** The JSON of tolerations that annotations once held; a text that is none is refused with the decoder's words, which are left out here. */
function validateTolerationsAnnotation(value: string, path: Path, errors: FieldError[], options: PodOptions): void {
  let read: unknown;
  try {
    read = JSON.parse(value);
  } catch {
    errors.push(invalid(path, tolerations, 'invalid JSON'));
    return;
  }
  validateTolerations(read as Json, path.child(tolerations), errors, options);
}

function validateSeccompAnnotation(profile: string, path: Path, errors: FieldError[]): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith('localhost/')) validateDescendingPath(profile.slice('localhost/'.length), path, errors);
  else errors.push(invalid(path, profile, 'must be a valid seccomp profile'));
}

interface ProfileWords {
  readonly kind: 'seccomp' | 'apparmor';
  readonly runtimeDefault: readonly string[];
}
const seccompWords: ProfileWords = { kind: 'seccomp', runtimeDefault: ['runtime/default', 'docker/default'] };
const appArmorWords: ProfileWords = { kind: 'apparmor', runtimeDefault: ['runtime/default'] };

/** On creation an annotation and the field that replaced it must say the same. */
export function validateProfilesMatch(annotations: Json | undefined, spec: JsonObject, path: Path, errors: FieldError[]): void {
  if (pairs(annotations).length === 0) return;
  const context = object(spec.securityContext);
  const ofPod = object(context?.seccompProfile);
  const pod = member(annotations, seccompPodAnnotation);
  if (ofPod !== undefined && pod !== undefined)
    matchProfile(pod, ofPod, path.child('securityContext', 'seccompProfile'), errors, seccompWords);
  for (const { container, at } of eachContainer(spec, path)) {
    const profile = object(object(container.securityContext)?.seccompProfile);
    const annotation = member(annotations, `${seccompContainerAnnotation}${text(container.name)}`);
    if (profile !== undefined && annotation !== undefined)
      matchProfile(annotation, profile, at().child('securityContext', 'seccompProfile'), errors, seccompWords);
  }
  if (object(spec.os)?.name === 'windows') return;
  for (const { container, at } of eachContainer(spec, path)) {
    const profile = object(object(container.securityContext)?.appArmorProfile) ?? object(context?.appArmorProfile);
    const annotation = member(annotations, `${appArmorAnnotation}${text(container.name)}`);
    if (profile !== undefined && annotation !== undefined)
      matchProfile(annotation, profile, at().child('securityContext', 'appArmorProfile'), errors, appArmorWords);
  }
}

function matchProfile(annotation: string, profile: JsonObject, path: Path, errors: FieldError[], words: ProfileWords): void {
  const type = text(profile.type);
  const differs = () => errors.push(forbidden(path.child('type'), `${words.kind} type in annotation and field must match`));
  if (type === 'Unconfined') {
    if (annotation !== 'unconfined') differs();
  } else if (type === 'RuntimeDefault') {
    if (!words.runtimeDefault.includes(annotation)) differs();
  } else if (type === 'Localhost') {
    if (!annotation.startsWith('localhost/')) differs();
    else if (annotation.slice('localhost/'.length) !== profile.localhostProfile)
      errors.push(forbidden(path.child('localhostProfile'), `${words.kind} profile in annotation and field must match`));
  }
}

/** AppArmor and mirror annotations stay as they are. */
export function validateAnnotationUpdates(annotations: Json | undefined, old: Json | undefined, path: Path, errors: FieldError[]): void {
  for (const [key, before] of pairs(old)) {
    if (member(annotations, key) === before) continue;
    if (key.startsWith(appArmorAnnotation)) errors.push(forbidden(path.key(key), 'may not remove or update AppArmor annotations'));
    if (key === mirrorAnnotation) errors.push(forbidden(path.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const [key] of pairs(annotations)) {
    if (member(old, key) !== undefined) continue;
    if (key.startsWith(appArmorAnnotation)) errors.push(forbidden(path.key(key), 'may not add AppArmor annotations'));
    if (key === mirrorAnnotation) errors.push(forbidden(path.key(key), 'may not add mirror pod annotation'));
  }
}

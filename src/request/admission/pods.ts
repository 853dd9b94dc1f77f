// What plugins about pods share: the pod of a write, its containers, its tolerations.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber, type Json, sameJson } from '../../lib/json.ts';
import type { Attributes } from './plugin.ts';

/** The pod that is written through `pods` itself, or through the subresource that is named. */
export function podIn({ target, object }: Attributes, subresource = ''): Struct | undefined {
  return target.group === '' && target.resource === 'pods' && target.subresource === subresource ? object : undefined;
}

/** Init containers, then containers. */
export function startingContainers(pod: Struct): readonly Struct[] {
  const spec = structAt(pod, 'spec');
  return [...structsIn(spec, 'initContainers'), ...structsIn(spec, 'containers')];
}

/** Init, normal and ephemeral containers. */
export function allContainers(pod: Struct): readonly Struct[] {
  return [...startingContainers(pod), ...structsIn(structAt(pod, 'spec'), 'ephemeralContainers')];
}

export const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** True for the pod that stands for a file on a node. */
export function isMirrorPod(pod: Struct): boolean {
  return Object.hasOwn(structAt(pod, 'metadata', 'annotations'), mirrorAnnotation);
}

export type Toleration = Struct;

/** Adds tolerations to those of a pod; what another covers is left out (pkg/util/tolerations, 1.36). */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): readonly Toleration[] {
  const all = [...first, ...second];
  const merged: Toleration[] = [];
  for (const [index, toleration] of all.entries()) {
    if (merged.some((other) => covers(other, toleration))) continue;
    if (all.slice(index + 1).some((other) => !sameJson(other, toleration) && covers(other, toleration))) continue;
    merged.push(toleration);
  }
  return merged;
}

/** True where `wide` tolerates whatever `narrow` does. */
export function covers(wide: Toleration, narrow: Toleration): boolean {
  if (sameJson(wide, narrow)) return true;
  const isExists = textIn(wide, 'operator') === 'Exists';
  if (textIn(wide, 'key') !== textIn(narrow, 'key') && !(textIn(wide, 'key') === '' && isExists)) return false;
  const effect = textIn(wide, 'effect');
  if (effect !== '' && effect !== textIn(narrow, 'effect')) return false;
  const seconds = asNumber(wide.tolerationSeconds);
  if (effect === 'NoExecute' && seconds !== undefined) {
    const other = asNumber(narrow.tolerationSeconds);
    if (other === undefined || other > seconds) return false;
  }
  if (isExists) return true;
  const operator = textIn(narrow, 'operator');
  return (operator === 'Equal' || operator === '') && textIn(wide, 'value') === textIn(narrow, 'value');
}

/** Tolerations of a pod. */
export function tolerationsOf(pod: Struct): readonly Toleration[] {
  return structsIn(structAt(pod, 'spec'), 'tolerations');
}

/** Puts tolerations into a pod. */
export function setTolerations(pod: Struct, tolerations: readonly Toleration[]): void {
  structAt(pod, 'spec').tolerations = tolerations as readonly unknown[] as Json;
}

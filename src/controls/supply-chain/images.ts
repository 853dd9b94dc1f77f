// The images a pod pulls: those of its containers and those it mounts as volumes (KEP-4639), each read as the node reads it. A text that a
// build or template tool fills in later (`${IMAGE}`, `ko://…`) is told apart from a mistake: nothing can be said about it yet.

import { type ImageReference, parseReference, type ReferenceFault } from '../../images/reference.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { asString, field, type Json } from '../../lib/json.ts';
import { type Outcome, type PodSubject, unknown } from '../control.ts';

export type ImageName =
  | { readonly kind: 'reference'; readonly reference: ImageReference }
  | { readonly kind: 'placeholder' }
  | { readonly kind: 'invalid'; readonly fault: ReferenceFault };

export interface PulledImage {
  readonly text: string;
  readonly name: ImageName;
  /** Pointer of the name. */
  readonly path: string;
  /** What uses it, for sentences: `container "app"`. */
  readonly user: string;
  readonly container?: string;
  /** `imagePullPolicy` as written, and its pointer. */
  readonly policy: Json | undefined;
  readonly policyPath: string;
}

const placeholder = /\$\{|\$\(|\$\[|\{\{|\[\[|<[^<>]*>|^ko:\/\//;

const cache = new WeakMap<Pod, readonly PulledImage[]>();

/** Every image of a pod that is named by a text, in the order of the pod. */
export function imagesOf({ pod }: { readonly pod: Pod }): readonly PulledImage[] {
  let images = cache.get(pod);
  if (images === undefined) {
    images = readImages(pod);
    cache.set(pod, images);
  }
  return images;
}

function readImages(pod: Pod): readonly PulledImage[] {
  const images: PulledImage[] = [];
  for (const container of pod.containers) {
    if (container.image === undefined || container.image === '') continue;
    images.push({
      text: shown(container.image),
      name: nameOf(container.image),
      path: container.at('/image'),
      user: `container "${container.name}"`,
      container: container.name,
      policy: container.spec.imagePullPolicy,
      policyPath: container.at('/imagePullPolicy'),
    });
  }
  for (const volume of pod.volumes) {
    const source = volume.spec.image;
    const text = asString(field(source, 'reference'));
    if (text === undefined || text === '') continue;
    images.push({
      text: shown(text),
      name: nameOf(text),
      path: `${volume.path}/image/reference`,
      user: `volume "${asString(volume.spec.name) ?? ''}"`,
      policy: field(source, 'pullPolicy'),
      policyPath: `${volume.path}/image/pullPolicy`,
    });
  }
  return images;
}

/** Judges every image by its parts. Placeholders are open questions, invalid names are left to the control of names. */
export function judgeImages(
  subject: PodSubject,
  judge: (reference: ImageReference, image: PulledImage) => Outcome | undefined,
): readonly Outcome[] {
  return imagesOf(subject).flatMap((image) => {
    if (image.name.kind === 'placeholder')
      return [unknown(image.path, 'placeholder', `${image.user}: "${image.text}" is filled in by another tool`, blame(image))];
    const outcome = image.name.kind === 'reference' ? judge(image.name.reference, image) : undefined;
    return outcome === undefined ? [] : [outcome];
  });
}

/** The container an outcome about this image names. */
export function blame(image: PulledImage): { readonly container?: string } {
  return image.container === undefined ? {} : { container: image.container };
}

function nameOf(text: string): ImageName {
  const parsed = parseReference(text);
  if (parsed.ok) return { kind: 'reference', reference: parsed.reference };
  return placeholder.test(text) ? { kind: 'placeholder' } : { kind: 'invalid', fault: parsed.fault };
}

function shown(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

// Recognising a product by what its manifests carry: the image's repository, names and well-known labels. Words are compared whole:
// `app-run-tiller` has the word tiller, `distiller` has not.

import type { ImageReference } from '../../images/reference.ts';
import { asString, field } from '../../lib/json.ts';
import type { PodSubject } from '../control.ts';
import { imagesOf } from './images.ts';

/** True where `word` is one of the words a name is made of. */
export function hasWord(name: string | undefined, word: string): boolean {
  return (
    name !== undefined &&
    name.length <= 1024 &&
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(word)
  );
}

/** The images of a pod's containers that are names, with where they stand. */
export function references(
  subject: PodSubject,
): readonly { readonly path: string; readonly container: string; readonly reference: ImageReference }[] {
  return imagesOf(subject).flatMap(({ name, container, path }) =>
    name.kind === 'reference' && container !== undefined ? [{ path, container, reference: name.reference }] : [],
  );
}

/** `metadata.name` of the object and of the pod it describes. */
export function namesOf(subject: PodSubject): readonly { readonly path: string; readonly name: string }[] {
  const own = { path: '/metadata/name', name: asString(field(subject.object.metadata, 'name')) ?? '' };
  const pods = { path: `${subject.pod.metadataPath}/name`, name: asString(subject.pod.metadata.name) ?? '' };
  return own.path === pods.path ? [own] : [own, pods];
}

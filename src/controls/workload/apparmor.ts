// The AppArmor profile that holds for a container (KEP-24). From 1.30 it is a field of container or pod; a container's annotation counts where
// its own field is silent, as the API server copies it there (1.36 still does). Before 1.30 there are only annotations.

import type { Container, Pod } from '../../kube/pod/types.ts';
import { asString, field, isObject } from '../../lib/json.ts';
import { escapeToken } from '../../lib/json-pointer.ts';
import type { Profile } from './seccomp.ts';

/** Where the annotation of a container stands. */
export function annotationPath(pod: Pod, container: Container): string {
  return `${pod.metadataPath}/annotations/${escapeToken(annotationKey(container))}`;
}

/** The profile in force at a minor version, or undefined where none is asked for: the runtime's default then, where nodes have AppArmor. */
export function appArmorProfile(pod: Pod, container: Container, minor: number): Profile | undefined {
  const own =
    minor < 30 ? undefined : ofField(container.securityContext.appArmorProfile, container.at('/securityContext/appArmorProfile/type'));
  if (own !== undefined) return own;
  const annotation = pod.annotations[annotationKey(container)];
  if (annotation !== undefined && annotation !== '') return { type: typeOf(annotation), path: annotationPath(pod, container) };
  return minor < 30 ? undefined : ofField(pod.securityContext.appArmorProfile, pod.at('/securityContext/appArmorProfile/type'));
}

function annotationKey(container: Container): string {
  return `container.apparmor.security.beta.kubernetes.io/${container.name}`;
}

function ofField(profile: unknown, path: string): Profile | undefined {
  const type = isObject(profile) ? asString(field(profile, 'type')) : undefined;
  return type === undefined ? undefined : { type, path };
}

function typeOf(annotation: string): string {
  if (annotation === 'runtime/default') return 'RuntimeDefault';
  if (annotation.startsWith('localhost/')) return 'Localhost';
  return annotation === 'unconfined' ? 'Unconfined' : annotation;
}

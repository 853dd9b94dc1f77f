// The seccomp profile that holds for a container. From 1.19 it is a field of container or pod; the annotations of before count where the
// fields are silent until 1.26 and not at all from 1.27 (KEP-135). Without a profile the kubelet runs the container unconfined, unless its
// own `seccompDefault` is on, which manifests do not show.

import type { Container, Pod } from '../../kube/pod/types.ts';
import { asString, field, isObject } from '../../lib/json.ts';
import { escapeToken } from '../../lib/json-pointer.ts';

export interface Profile {
  /** `RuntimeDefault`, `Localhost`, `Unconfined`, or what else was written. */
  readonly type: string;
  readonly path: string;
}

/** The profile in force at a minor version, or undefined where none is asked for. */
export function seccompProfile(pod: Pod, container: Container, minor: number): Profile | undefined {
  const fields = minor >= 19;
  const annotations = minor < 27;
  return (
    (fields ? ofField(container.securityContext.seccompProfile, container.at('/securityContext/seccompProfile/type')) : undefined) ??
    (annotations ? ofAnnotation(pod, `container.seccomp.security.alpha.kubernetes.io/${container.name}`) : undefined) ??
    (fields ? ofField(pod.securityContext.seccompProfile, pod.at('/securityContext/seccompProfile/type')) : undefined) ??
    (annotations ? ofAnnotation(pod, 'seccomp.security.alpha.kubernetes.io/pod') : undefined)
  );
}

function ofField(profile: unknown, path: string): Profile | undefined {
  const type = isObject(profile) ? asString(field(profile, 'type')) : undefined;
  return type === undefined ? undefined : { type, path };
}

function ofAnnotation(pod: Pod, key: string): Profile | undefined {
  const value = pod.annotations[key];
  if (value === undefined) return undefined;
  const path = `${pod.metadataPath}/annotations/${escapeToken(key)}`;
  if (value === 'runtime/default' || value === 'docker/default') return { type: 'RuntimeDefault', path };
  if (value.startsWith('localhost/')) return { type: 'Localhost', path };
  return { type: value === 'unconfined' ? 'Unconfined' : value, path };
}

// Paths of the node that a pod mounts, in one spelling: the kubelet resolves `//var//run/../run/docker.sock` as the kernel does, so a control
// that compares texts must too. The API server refuses `..`; it is resolved all the same, since the intent is plain.

import type { Member, Pod } from '../../kube/pod/types.ts';
import { asString, dig, field, isObject } from '../../lib/json.ts';

export interface HostPathVolume {
  readonly volume: Member;
  readonly name: string;
  /** As written, for sentences. */
  readonly written: string;
  /** Normalised: `/var/run/docker.sock`. */
  readonly path: string;
  /** Pointer of `hostPath.path`. */
  readonly at: string;
}

/** The hostPath volumes of a pod. */
export function hostPaths(pod: Pod): readonly HostPathVolume[] {
  const found: HostPathVolume[] = [];
  for (const volume of pod.volumes) {
    if (!isObject(field(volume.spec, 'hostPath'))) continue;
    const written = asString(dig(volume.spec, 'hostPath', 'path')) ?? '';
    found.push({ volume, name: asString(volume.spec.name) ?? '', written, path: normalized(written), at: `${volume.path}/hostPath/path` });
  }
  return found;
}

/** A path without empty, `.` and `..` parts and without a trailing slash; backslashes of Windows pipes become slashes. */
export function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True for the directory itself and for everything below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

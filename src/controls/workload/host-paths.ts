// Paths of the node that a pod mounts, in one spelling: the kubelet resolves `//var//run/../run/docker.sock` as the kernel does, so a control
// that compares texts must too. The API server refuses `..`; it is resolved all the same, since the intent is plain.

import type { Member, Pod } from '../../kube/pod/types.ts';
import { asString, dig, field, isObject, type Json, strings } from '../../lib/json.ts';

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

const read = new WeakMap<object, ReadonlySet<string>>();

/** The paths of a setting, normalised; read once a list. */
export function pathsOf(setting: Json | undefined): ReadonlySet<string> {
  if (typeof setting !== 'object' || setting === null) return new Set();
  let paths = read.get(setting);
  if (paths === undefined) {
    paths = new Set(strings(setting).map(normalized));
    read.set(setting, paths);
  }
  return paths;
}

/** True where `path` is one of the directories or lies below one. */
export function isWithinAny(path: string, directories: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (directories.has(path.slice(0, end))) return true;
  return directories.has('/');
}

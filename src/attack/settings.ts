// Settings of a container that decide whether it is kept in: capabilities, the user it may be, what it sees of its node.

import type { Container, Pod } from '../kube/pod/types.ts';
import { asList, asString, dig, field } from '../lib/json.ts';

/** Pointers of the entries under `capabilities.add` that give one of the capabilities; ALL gives each. */
export function capabilities(container: Container, names: readonly string[]): readonly string[] {
  return asList(dig(container.securityContext, 'capabilities', 'add')).flatMap((value, index) => {
    const name = (asString(value) ?? '').toUpperCase().replace(/^CAP_/, '');
    return name === 'ALL' || names.includes(name) ? [container.at(`/securityContext/capabilities/add/${index}`)] : [];
  });
}

export function isPrivileged(container: Container): boolean {
  return container.securityContext.privileged === true;
}

/** False only where the pod says that its container is not root. */
export function mayBeRoot(container: Container, pod: Pod): boolean {
  const of = (key: string) => field(container.securityContext, key) ?? field(pod.securityContext, key);
  const user = of('runAsUser');
  if (typeof user === 'number' && user !== 0) return false;
  return of('runAsNonRoot') !== true;
}

/** True where root in the pod is nobody on the node (user namespaces, GA in 1.36). */
export function hasUserNamespace(pod: Pod): boolean {
  return pod.spec.hostUsers === false;
}

export interface HostMount {
  /** The path on the node, without a slash at its end but for the root. */
  readonly host: string;
  readonly readOnly: boolean;
  /** Pointer of the mount. */
  readonly path: string;
}

/** The paths of its node that a container mounts. */
export function hostMounts(container: Container, pod: Pod): readonly HostMount[] {
  return container.volumeMounts.flatMap(({ spec, path }) => {
    const volume = pod.volumes.find((one) => one.spec.name === spec.name);
    const written = asString(dig(volume?.spec, 'hostPath', 'path'));
    if (written === undefined) return [];
    const sub = asString(spec.subPath) ?? '';
    const host = plain(sub === '' ? written : `${written}/${sub}`);
    return [{ host, readOnly: spec.readOnly === true, path }];
  });
}

/** A path without `.`, `..`, doubled slashes and a slash at its end. `plain('/var//log/../lib/')` is `'/var/lib'`. */
export function plain(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True where the path is the place, lies in it, or holds it. */
export function touches(path: string, place: string): boolean {
  return path === place || path === '/' || path.startsWith(`${place}/`) || place.startsWith(`${path}/`);
}

/** True where the path is the place or holds it. */
export function holds(path: string, place: string): boolean {
  return path === '/' || path === place || place.startsWith(`${path}/`);
}

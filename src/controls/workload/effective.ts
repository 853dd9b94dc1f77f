// What holds for a container once its pod is counted in: the container's own setting wins, else the pod's (core/v1, PodSecurityContext).
// Windows pods have none of the Linux settings (KEP-2802): controls of those do not apply to them.

import type { KubeObject } from '../../kube/object.ts';
import { podsOf } from '../../kube/pod/lower.ts';
import type { Container, Pod } from '../../kube/pod/types.ts';
import { dig, field, isObject, type Json } from '../../lib/json.ts';
import { minorOf } from '../../policy/pod-security/version.ts';
import { type Context, fail, notApplicable, type Outcome, type PodSubject } from '../control.ts';

export interface Effective {
  readonly value: Json;
  /** The field that decides: the container's or the pod's. */
  readonly path: string;
}

/** The value of a field of `securityContext` that holds for a container; undefined where neither sets it. */
export function effective(pod: Pod, container: Container, name: string): Effective | undefined {
  const own = field(container.securityContext, name);
  if (own !== undefined && own !== null) return { value: own, path: container.at(`/securityContext/${name}`) };
  const inherited = field(pod.securityContext, name);
  if (inherited !== undefined && inherited !== null) return { value: inherited, path: pod.at(`/securityContext/${name}`) };
  return undefined;
}

/** True where the pod says that it runs on Windows: by its `os`, by the nodes it asks for, or by running as a process of the node there. */
export function runsOnWindows(pod: Pod): boolean {
  let known = onWindows.get(pod);
  if (known === undefined) {
    known = saysWindows(pod);
    onWindows.set(pod, known);
  }
  return known;
}

/** Thirty controls ask of each pod. */
const onWindows = new WeakMap<Pod, boolean>();

function saysWindows(pod: Pod): boolean {
  return (
    pod.os === 'windows' ||
    dig(pod.spec, 'nodeSelector', 'kubernetes.io/os') === 'windows' ||
    dig(pod.spec, 'nodeSelector', 'beta.kubernetes.io/os') === 'windows' ||
    isHostProcess(pod.securityContext) ||
    pod.containers.some((container) => isHostProcess(container.securityContext))
  );
}

/** `windowsOptions.hostProcess: true` of a security context. */
export function isHostProcess(securityContext: Json): boolean {
  return dig(securityContext, 'windowsOptions', 'hostProcess') === true;
}

type Check = (subject: PodSubject, context: Context) => readonly Outcome[];

/** The check for Linux pods; it does not apply to Windows ones. */
export function onLinux(check: Check): Check {
  return (subject, context) =>
    runsOnWindows(subject.pod) ? [notApplicable('windows', 'the pod runs on Windows, which has no such setting')] : check(subject, context);
}

/** True where the pod has a user namespace of its own and the standards of its cluster accept that instead (KEP-127, 1.35). */
export function hasOwnUsers(pod: Pod, context: Context): boolean {
  return pod.spec.hostUsers === false && minorVersion(context) >= 35;
}

/** The minor version of Kubernetes whose semantics apply. */
export function minorVersion({ snapshot }: Context): number {
  return minorOf(snapshot.facts.kubernetesVersion);
}

/** A failure at a field of a container. */
export function blame(container: Container, suffix: string, reason: string, detail: string): Outcome {
  return fail(container.at(suffix), reason, detail, { container: container.name });
}

/** True where a security context or one of its parts is there and says something. */
export function saysSomething(value: Json | undefined): boolean {
  return isObject(value) && Object.values(value).some((item) => item !== undefined && item !== null);
}

/**
 * True where a profile is said twice, as a field and as the older annotation: the API server refuses the two if they differ, so a repair of
 * one alone is none.
 */
export function isSaidTwice(object: KubeObject, path: string, field: 'seccompProfile' | 'appArmorProfile'): boolean {
  const prefixes = { seccompProfile: seccompAnnotations, appArmorProfile: ['container.apparmor.security.beta.kubernetes.io/'] }[field];
  return podsOf(object).some((pod) =>
    path.includes('/annotations/')
      ? [pod, ...pod.containers].some(({ securityContext }) => securityContext[field] !== undefined)
      : Object.keys(pod.annotations).some((key) => prefixes.some((prefix) => key.startsWith(prefix))),
  );
}

const seccompAnnotations = ['seccomp.security.alpha.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/'];

/** The container that a pointer leads into, with its pod: what a repair needs to know around the field it changes. */
export function containerAt(object: KubeObject, path: string): { readonly pod: Pod; readonly container: Container } | undefined {
  for (const pod of podsOf(object)) {
    const known = containersByPath(pod);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const container = known.get(path.slice(0, end));
      if (container !== undefined) return { pod, container };
    }
  }
  return undefined;
}

const byPath = new WeakMap<Pod, ReadonlyMap<string, Container>>();

/** Every repair of a pod asks, so a pod of thousands of containers is gone through once. */
function containersByPath(pod: Pod): ReadonlyMap<string, Container> {
  let known = byPath.get(pod);
  if (known === undefined) {
    known = new Map(pod.containers.map((container) => [container.path, container]));
    byPath.set(pod, known);
  }
  return known;
}

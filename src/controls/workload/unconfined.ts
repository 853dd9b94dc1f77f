// A profile that is neither the runtime's nor one of the node: switched off on purpose, or of a type that there is not. For seccomp and AppArmor.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import type { Container, Pod } from '../../kube/pod/types.ts';
import { type Context, fail, type Outcome, type PodSubject } from '../control.ts';
import { setField } from '../repair.ts';
import { isSaidTwice, minorVersion, onLinux } from './effective.ts';
import type { Profile } from './seccomp.ts';

/** The check. `asksFor` completes "container x" for a type that there is not. */
export function unconfined(
  profileOf: (pod: Pod, container: Container, minor: number) => Profile | undefined,
  what: string,
  asksFor: (type: string) => string,
): (subject: PodSubject, context: Context) => readonly Outcome[] {
  return onLinux(({ pod, containers }, context) =>
    containers.flatMap((container) => {
      const profile = profileOf(pod, container, minorVersion(context));
      if (profile === undefined || profile.type === 'RuntimeDefault' || profile.type === 'Localhost') return [];
      const off = profile.type === 'Unconfined';
      const detail = `container "${container.name}" ${off ? `runs without ${what}` : `${asksFor(profile.type)}, which there is not`}`;
      return [fail(profile.path, off ? 'unconfined' : 'unknown-profile', detail, { container: container.name })];
    }),
  );
}

/** Makes it the runtime's profile, in the field or the annotation that says otherwise. */
export function confine(field: 'seccompProfile' | 'appArmorProfile') {
  return ({ path }: Outcome, object: KubeObject): JsonPatch | undefined =>
    isSaidTwice(object, path, field)
      ? undefined
      : setField(object, path, path.includes('/annotations/') ? 'runtime/default' : 'RuntimeDefault');
}

// What the controls of bindings share: the bindings that are a cluster owner's own, and those of their subjects that a control is about.

import { type Binding, type BoundSubject, readBinding } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { rbacGroup } from '../../identity/roles.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import { tokens } from '../../lib/json-pointer.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Context, fail, notApplicable, type ObjectSubject, type Outcome, objects } from '../control.ts';
import { removeField } from '../repair.ts';

export const allBindings = objects(`${rbacGroup}/ClusterRoleBinding`, `${rbacGroup}/RoleBinding`);

/** Judges a binding that Kubernetes does not ship. */
export function judgeBinding(
  judge: (binding: Binding, snapshot: Snapshot) => readonly Outcome[],
): (subject: ObjectSubject, context: Context) => readonly Outcome[] {
  return ({ resource }, { snapshot }) =>
    isShippedBinding(resource)
      ? [notApplicable('shipped', 'this binding is made by Kubernetes itself')]
      : judge(readBinding(resource), snapshot);
}

/** Judges the subjects of bindings: `says` completes the sentence about one, or is silent. */
export function judgeSubjects(
  reason: string,
  says: (subject: BoundSubject, binding: Binding, snapshot: Snapshot) => string | undefined,
): (subject: ObjectSubject, context: Context) => readonly Outcome[] {
  return judgeBinding((binding, snapshot) => blameSubjects(binding, reason, (subject) => says(subject, binding, snapshot)));
}

/** The failures of a binding's subjects, one for each that `says` has a word about. */
export function blameSubjects(binding: Binding, reason: string, says: (subject: BoundSubject) => string | undefined): readonly Outcome[] {
  return binding.subjects.flatMap((subject) => {
    const text = says(subject);
    return text === undefined ? [] : [fail(`${subject.path}/name`, reason, `${binding.resource.kind} "${binding.resource.name}" ${text}`)];
  });
}

/** A binding that names a well-known user or group as its role: it was meant as a subject, and whoever makes a role of that name fills it. */
export function subjectAsRole(binding: Binding, names: ReadonlySet<string>): readonly Outcome[] {
  const { role, resource } = binding;
  if (!names.has(role.name)) return [];
  return [
    fail(
      '/roleRef/name',
      'subject-as-role',
      `${resource.kind} "${resource.name}" names "${role.name}" as its role, which is the name of a user or group`,
    ),
  ];
}

/** True where the ClusterRole cluster-admin is given to somebody. */
export function givesClusterAdmin({ role, subjects }: Binding): boolean {
  return role.kind === 'ClusterRole' && role.name === 'cluster-admin' && subjects.length > 0;
}

/** `ClusterRole "view" in the whole cluster`. */
export function givenText({ role, namespace }: Binding): string {
  return `${role.kind} "${role.name}" ${namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`}`;
}

/** Takes the blamed subject out of the binding. */
export function removeSubject(outcome: Outcome, object: KubeObject): JsonPatch | undefined {
  const [list, index] = tokens(outcome.path);
  return list === 'subjects' ? removeField(object, `/subjects/${index}`) : undefined;
}

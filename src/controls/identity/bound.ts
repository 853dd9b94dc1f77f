// What the controls of bindings share: the bindings that are a cluster owner's own, and those of their subjects that a control is about.

import { type Binding, type BoundSubject, readBinding } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { rbacGroup } from '../../identity/roles.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import { tokens } from '../../lib/json-pointer.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
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
  return judgeBinding((binding, snapshot) =>
    binding.subjects.flatMap((subject) => {
      const text = says(subject, binding, snapshot);
      return text === undefined
        ? []
        : [fail(`${subject.path}/name`, reason, `${binding.resource.kind} "${binding.resource.name}" ${text}`)];
    }),
  );
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

/** The role definitions as evidence. */
export function rolesAsEvidence(roles: readonly Resource[], note: string): Outcome['evidence'] {
  return roles.slice(0, 3).map((resource) => ({ resource, path: '/rules', note }));
}

// RoleBindings and ClusterRoleBindings: which role they give to whom, and where. A RoleBinding gives a ClusterRole's rules in its own
// namespace only; a ClusterRoleBinding cannot give a Role. What is not valid grants nothing, but is kept: it is worth a finding.

import { asList, asString, dig } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { findRoles, type RoleReference, rbacGroup } from './roles.ts';
import { readSubject, type Subject } from './subjects.ts';

export interface BoundSubject extends Subject {
  /** Pointer of the subject within the binding: `/subjects/0`. */
  readonly path: string;
}

export interface Binding {
  readonly resource: Resource;
  /** The namespace the grant holds in; empty for the whole cluster. */
  readonly namespace: string;
  readonly role: RoleReference;
  readonly subjects: readonly BoundSubject[];
}

/** Every binding: those of the whole cluster first, as the authorizer asks them. */
export function bindingsIn(snapshot: Snapshot): readonly Binding[] {
  return [...ofKind(snapshot, rbacGroup, 'ClusterRoleBinding'), ...ofKind(snapshot, rbacGroup, 'RoleBinding')].map(readBinding);
}

/** Reads one binding. */
export function readBinding(resource: Resource): Binding {
  const namespace = resource.kind === 'RoleBinding' ? resource.namespace : '';
  const kind = asString(dig(resource.object, 'roleRef', 'kind')) ?? '';
  return {
    resource,
    namespace,
    role: { kind, namespace: kind === 'Role' ? namespace : '', name: asString(dig(resource.object, 'roleRef', 'name')) ?? '' },
    subjects: asList(resource.object.subjects).map((subject, index) => ({
      ...readSubject(subject, namespace),
      path: `/subjects/${index}`,
    })),
  };
}

/** The roles a binding gives; none where its reference dangles or cannot be (a Role for the whole cluster). */
export function rolesOf(snapshot: Snapshot, binding: Binding): readonly Resource[] {
  if (binding.role.kind === 'Role' && binding.namespace === '') return [];
  return findRoles(snapshot, binding.role);
}

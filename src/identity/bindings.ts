// RoleBindings and ClusterRoleBindings: which role they give to whom, and where. A RoleBinding gives a ClusterRole's rules in its own
// namespace only; a ClusterRoleBinding cannot give a Role. What is not valid grants nothing, but is kept: it is worth a finding.

import { asList, asString, dig } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { firstCopy } from './copies.ts';
import { findRoles, type RoleReference, rbacGroup } from './roles.ts';
import { readSubject, type Subject, subjectUser, type User } from './subjects.ts';

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

/** A binding that names a caller, with the subject that does. */
export interface NamedBy {
  readonly binding: Binding;
  readonly subject: BoundSubject;
}

interface Entry extends NamedBy {
  readonly order: number;
}

/** By subject: `User jane`, `Group dev`; service accounts by the name of their user. */
type BySubject = ReadonlyMap<string, readonly Entry[]>;

const cache = new WeakMap<Snapshot, readonly Binding[]>();
const subjects = new WeakMap<Snapshot, BySubject>();

/** Every binding, those of the whole cluster first, as the authorizer asks them. Copies that say the same count once. */
export function bindingsIn(snapshot: Snapshot): readonly Binding[] {
  let bindings = cache.get(snapshot);
  if (bindings === undefined) {
    const kinds = ['ClusterRoleBinding', 'RoleBinding'].flatMap((kind) => ofKind(snapshot, rbacGroup, kind));
    bindings = kinds.filter((resource) => firstCopy(snapshot, resource) === resource).map(readBinding);
    cache.set(snapshot, bindings);
  }
  return bindings;
}

/** The bindings that name a caller, by name or through a group, in the order of `bindingsIn`; each once. */
export function bindingsOf(snapshot: Snapshot, user: User): readonly NamedBy[] {
  const bySubject = subjectsOf(snapshot);
  const keys = [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];
  const found = keys.flatMap((key) => bySubject.get(key) ?? []).sort((a, b) => a.order - b.order);
  return found.filter((item, at) => found[at - 1]?.binding !== item.binding);
}

function subjectsOf(snapshot: Snapshot): BySubject {
  let built = subjects.get(snapshot);
  if (built === undefined) {
    const bySubject = new Map<string, Entry[]>();
    for (const [order, binding] of bindingsIn(snapshot).entries())
      for (const subject of binding.subjects) {
        const key = subjectUser(subject);
        if (key === '') continue;
        const list = bySubject.get(key);
        if (list === undefined) bySubject.set(key, [{ binding, subject, order }]);
        else list.push({ binding, subject, order });
      }
    built = bySubject;
    subjects.set(snapshot, built);
  }
  return built;
}

/** Reads one binding. */
export function readBinding(resource: Resource): Binding {
  const namespace = resource.kind === 'RoleBinding' ? resource.namespace : '';
  const kind = asString(dig(resource.object, 'roleRef', 'kind')) ?? '';
  return {
    resource,
    namespace,
    role: { kind, namespace: kind === 'Role' ? namespace : '', name: asString(dig(resource.object, 'roleRef', 'name')) ?? '' },
    subjects: asList(resource.object.subjects).map((value, index) => {
      const subject = readSubject(value, namespace);
      return { kind: subject.kind, name: subject.name, namespace: subject.namespace, path: subjectPath(index) };
    }),
  };
}

/** Nearly every binding has few subjects: their pointers are made once. */
const paths = Array.from({ length: 16 }, (_, index) => `/subjects/${index}`);

function subjectPath(index: number): string {
  return paths[index] ?? `/subjects/${index}`;
}

/** The roles a binding gives; none where its reference dangles or cannot be (a Role for the whole cluster). */
export function rolesOf(snapshot: Snapshot, binding: Binding): readonly Resource[] {
  if (binding.role.kind === 'Role' && binding.namespace === '') return [];
  return findRoles(snapshot, binding.role);
}

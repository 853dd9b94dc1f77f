// Roles and ClusterRoles with the rules they grant, each rule with the object it is written in.
// An aggregated ClusterRole has no rules of its own: its controller writes those of the ClusterRoles that its selectors select, itself
// excluded, and leaves the rules alone while they select nothing (clusterrole-aggregation-controller, Kubernetes 1.36). A live cluster's
// `.rules` are what the controller wrote; manifests are what it will read, so there they are put together here.

import { selects } from '../kube/label-selector.ts';
import { labelsOf } from '../kube/object.ts';
import { asList, dig, field, sameJson } from '../lib/json.ts';
import { named, ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type PolicyRule, readRules } from './rules.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** A rule in force, and where it is written: `/rules/<index>` of `source`. */
export interface RoleRule {
  readonly rule: PolicyRule;
  readonly source: Resource;
  readonly index: number;
}

export interface RoleReference {
  readonly kind: string;
  /** Empty for ClusterRoles. */
  readonly namespace: string;
  readonly name: string;
}

/** Every Role and ClusterRole, in snapshot order. */
export function rolesIn(snapshot: Snapshot): readonly Resource[] {
  return [...ofKind(snapshot, rbacGroup, 'Role'), ...ofKind(snapshot, rbacGroup, 'ClusterRole')];
}

/** The roles a reference stands for: none where it dangles, several where manifests define one more than once. */
export function findRoles(snapshot: Snapshot, reference: RoleReference): readonly Resource[] {
  return reference.kind === 'Role' || reference.kind === 'ClusterRole'
    ? named(snapshot, rbacGroup, reference.kind, reference.kind === 'ClusterRole' ? '' : reference.namespace, reference.name)
    : [];
}

/** The ClusterRoles whose rules an aggregated ClusterRole takes over directly. */
export function aggregatedBy(snapshot: Snapshot, role: Resource): readonly Resource[] {
  const selectors = asList(dig(role.object, 'aggregationRule', 'clusterRoleSelectors'));
  if (role.kind !== 'ClusterRole' || selectors.length === 0) return [];
  return ofKind(snapshot, rbacGroup, 'ClusterRole').filter(
    (other) => other.name !== role.name && selectors.some((selector) => selects(selector, labelsOf(other.object))),
  );
}

/** The rules that are a role's own: all of them, but for an aggregated role those that no role it selects accounts for. */
export function ownRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  const written = writtenRules(role);
  if (field(role.object, 'aggregationRule') === undefined) return written;
  const members = aggregatedBy(snapshot, role);
  if (members.length === 0) return written;
  if (!snapshot.facts.live) return [];
  const inherited = members.flatMap((member) => readRules(member.object));
  return written.filter(({ rule }) => !inherited.some((other) => sameJson(other, rule)));
}

/** The rules a role grants to those bound to it. */
export function effectiveRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  return collect(snapshot, role, new Set());
}

function collect(snapshot: Snapshot, role: Resource, above: ReadonlySet<string>): readonly RoleRule[] {
  const members = aggregatedBy(snapshot, role);
  if (members.length === 0 || above.has(role.name)) return writtenRules(role);
  const seen = new Set([...above, role.name]);
  const inherited = members.filter((member) => !seen.has(member.name)).flatMap((member) => collect(snapshot, member, seen));
  return snapshot.facts.live ? [...inherited, ...ownRules(snapshot, role)] : inherited;
}

function writtenRules(role: Resource): readonly RoleRule[] {
  return readRules(role.object).map((rule, index) => ({ rule, source: role, index }));
}

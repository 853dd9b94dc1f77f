// Roles and ClusterRoles with the rules they grant, each rule with the object it is written in.
// An aggregated ClusterRole has no rules of its own: its controller writes those of the ClusterRoles that its selectors select, itself
// excluded, and leaves the rules alone while they select nothing (clusterrole-aggregation-controller, Kubernetes 1.36). A live cluster's
// `.rules` are what the controller wrote; manifests are what it will read, so there they are put together here.

import { selects } from '../kube/label-selector.ts';
import { labelsOf } from '../kube/object.ts';
import { asList, dig, field, sameJson } from '../lib/json.ts';
import { named, ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { firstCopy } from './copies.ts';
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

/** The roles a reference stands for: none where it dangles, several where manifests define one in different ways. */
export function findRoles(snapshot: Snapshot, reference: RoleReference): readonly Resource[] {
  if (reference.kind !== 'Role' && reference.kind !== 'ClusterRole') return [];
  const namespace = reference.kind === 'ClusterRole' ? '' : reference.namespace;
  return distinct(snapshot, named(snapshot, rbacGroup, reference.kind, namespace, reference.name));
}

function distinct(snapshot: Snapshot, roles: readonly Resource[]): readonly Resource[] {
  return roles.length < 2 ? roles : roles.filter((role) => firstCopy(snapshot, role) === role);
}

const members = new WeakMap<Snapshot, Map<Resource, readonly Resource[]>>();

/** The ClusterRoles whose rules an aggregated ClusterRole takes over directly. */
export function aggregatedBy(snapshot: Snapshot, role: Resource): readonly Resource[] {
  const selectors = asList(dig(role.object, 'aggregationRule', 'clusterRoleSelectors'));
  if (role.kind !== 'ClusterRole' || selectors.length === 0) return [];
  const known = members.get(snapshot) ?? new Map<Resource, readonly Resource[]>();
  members.set(snapshot, known);
  let found = known.get(role);
  if (found === undefined) {
    found = distinct(snapshot, ofKind(snapshot, rbacGroup, 'ClusterRole')).filter(
      (other) => other.name !== role.name && selectors.some((selector) => selects(selector, labelsOf(other.object))),
    );
    known.set(role, found);
  }
  return found;
}

/** The rules that are a role's own: all of them, but for an aggregated role those that no role it selects accounts for. */
export function ownRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  const own = writtenRules(role);
  if (field(role.object, 'aggregationRule') === undefined) return own;
  const selected = aggregatedBy(snapshot, role);
  if (selected.length === 0) return own;
  if (!snapshot.facts.live) return [];
  const inherited = selected.flatMap((member) => readRules(member.object));
  return own.filter(({ rule }) => !inherited.some((other) => sameJson(other, rule)));
}

/** The rules a role grants to those bound to it. */
export function effectiveRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  return collect(snapshot, role, new Set());
}

function collect(snapshot: Snapshot, role: Resource, above: ReadonlySet<string>): readonly RoleRule[] {
  const selected = aggregatedBy(snapshot, role);
  if (selected.length === 0 || above.has(role.name)) return writtenRules(role);
  const seen = new Set([...above, role.name]);
  const inherited = selected.filter((member) => !seen.has(member.name)).flatMap((member) => collect(snapshot, member, seen));
  return snapshot.facts.live ? [...inherited, ...ownRules(snapshot, role)] : inherited;
}

const written = new WeakMap<Resource, readonly RoleRule[]>();

function writtenRules(role: Resource): readonly RoleRule[] {
  let rules = written.get(role);
  if (rules === undefined) {
    rules = readRules(role.object).map((rule, index) => ({ rule, source: role, index }));
    written.set(role, rules);
  }
  return rules;
}

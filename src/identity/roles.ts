// Roles and ClusterRoles with the rules they grant, each rule with the object it is written in.
// An aggregated ClusterRole has no rules of its own: its controller writes those of the ClusterRoles that its selectors select, itself
// excluded, and leaves the rules alone while they select nothing (clusterrole-aggregation-controller, Kubernetes 1.36). A live cluster's
// `.rules` are what the controller wrote; manifests are what it will read, so there they are put together here.

import { selects } from '../kube/label-selector.ts';
import { labelsOf } from '../kube/object.ts';
import { asList, canonicalJson, dig, field } from '../lib/json.ts';
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

const selected = new WeakMap<Snapshot, Map<string, readonly Resource[]>>();
const none: readonly Resource[] = [];

/** The ClusterRoles that the selectors of an aggregated ClusterRole select, itself perhaps among them; one list for equal selectors. */
function selectedBy(snapshot: Snapshot, role: Resource): readonly Resource[] {
  const selectors = asList(dig(role.object, 'aggregationRule', 'clusterRoleSelectors'));
  if (role.kind !== 'ClusterRole' || selectors.length === 0) return none;
  const known = selected.get(snapshot) ?? new Map<string, readonly Resource[]>();
  selected.set(snapshot, known);
  const key = canonicalJson(selectors);
  let found = known.get(key);
  if (found === undefined) {
    found = distinct(snapshot, ofKind(snapshot, rbacGroup, 'ClusterRole')).filter((other) =>
      selectors.some((selector) => selects(selector, labelsOf(other.object))),
    );
    known.set(key, found);
  }
  return found;
}

/** The ClusterRoles whose rules an aggregated ClusterRole takes over directly. */
export function aggregatedBy(snapshot: Snapshot, role: Resource): readonly Resource[] {
  return selectedBy(snapshot, role).filter(({ name }) => name !== role.name);
}

/** The rules that are a role's own: all of them, but for an aggregated role those that no role it selects accounts for. */
export function ownRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  const own = writtenRules(role);
  if (field(role.object, 'aggregationRule') === undefined) return own;
  const members = aggregatedBy(snapshot, role);
  if (members.length === 0) return own;
  if (!snapshot.facts.live) return [];
  const inherited = new Set(members.flatMap((member) => writtenRules(member).map(({ rule }) => canonicalJson(rule))));
  return own.filter(({ rule }) => !inherited.has(canonicalJson(rule)));
}

/**
 * The rules a role grants to those bound to it: in a live cluster those that are written in it, each with the role that it was taken over from
 * where there is one; in manifests those of all roles that it will take rules over from.
 */
export function effectiveRules(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  if (aggregatedBy(snapshot, role).length === 0) return writtenRules(role);
  const collected = collect(snapshot, role);
  if (!snapshot.facts.live) return collected;
  const sources = new Map<string, RoleRule>();
  for (const one of collected) {
    const text = canonicalJson(one.rule);
    if (!sources.has(text)) sources.set(text, one);
  }
  return writtenRules(role).map((own) => sources.get(canonicalJson(own.rule)) ?? own);
}

/** The own rules of a role and of all that it aggregates, in turn; each role counts once, so that circles end. */
function collect(snapshot: Snapshot, role: Resource): readonly RoleRule[] {
  const found: (readonly RoleRule[])[] = [];
  const seen = new Set<Resource>();
  const entered = new Set<readonly Resource[]>();
  const open: { readonly role: Resource; readonly isLeft: boolean }[] = [{ role, isLeft: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.isLeft) {
      found.push(ownRules(snapshot, next.role));
      continue;
    }
    if (seen.has(next.role)) continue;
    seen.add(next.role);
    const members = selectedBy(snapshot, next.role);
    open.push({ role: next.role, isLeft: true });
    if (!entered.has(members)) for (const member of members.toReversed()) open.push({ role: member, isLeft: false });
    entered.add(members);
  }
  return found.flat();
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

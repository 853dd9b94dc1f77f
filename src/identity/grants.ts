// Who is granted what, with the proof: binding, role, and the rule with the object it is written in. RBAC only ever allows, so the grants
// of a caller are the union over the bindings that name it. Authorizers other than RBAC (node, webhooks, ABAC) are not looked at, nor is
// the group system:masters, which kube-apiserver lets through before RBAC is asked.

import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type Binding, type BoundSubject, bindingsIn, rolesOf } from './bindings.ts';
import { effectiveRules, type RoleRule } from './roles.ts';
import { type RequestAttributes, ruleAllows } from './rules.ts';
import { subjectMatches, type User } from './subjects.ts';

/** A binding with the role it gives and the rules in force. */
export interface Grant {
  readonly binding: Binding;
  /** The role the binding names; `rules` may be written in others that it aggregates. */
  readonly role: Resource;
  readonly rules: readonly RoleRule[];
}

/** Why a request is allowed. */
export interface Proof extends RoleRule {
  readonly binding: Binding;
  readonly role: Resource;
  readonly subject: BoundSubject;
}

interface Index {
  readonly grants: readonly Grant[];
  readonly bySource: ReadonlyMap<Resource, readonly Grant[]>;
}

const cache = new WeakMap<Snapshot, Index>();

/** Every grant of a snapshot, cluster-wide ones first. */
export function grantsIn(snapshot: Snapshot): readonly Grant[] {
  return index(snapshot).grants;
}

/** The grants that give out rules written in this role, directly or through an aggregated role. */
export function grantsFrom(snapshot: Snapshot, role: Resource): readonly Grant[] {
  return index(snapshot).bySource.get(role) ?? [];
}

/** The grants of a caller, with the subjects that name it. */
export function grantsTo(snapshot: Snapshot, user: User): readonly (Grant & { readonly subject: BoundSubject })[] {
  const found: (Grant & { readonly subject: BoundSubject })[] = [];
  for (const grant of grantsIn(snapshot)) {
    const subject = grant.binding.subjects.find((candidate) => subjectMatches(candidate, user));
    if (subject !== undefined) found.push({ ...grant, subject });
  }
  return found;
}

/** The first grant that allows the request; undefined where RBAC has no opinion. */
export function allowedBy(snapshot: Snapshot, user: User, wanted: RequestAttributes): Proof | undefined {
  for (const grant of grantsIn(snapshot)) {
    if (grant.binding.namespace !== '' && grant.binding.namespace !== wanted.namespace) continue;
    const rule = grant.rules.find((candidate) => ruleAllows(candidate.rule, wanted));
    const subject = rule && grant.binding.subjects.find((candidate) => subjectMatches(candidate, user));
    if (rule !== undefined && subject !== undefined) return { ...rule, binding: grant.binding, role: grant.role, subject };
  }
  return undefined;
}

function index(snapshot: Snapshot): Index {
  let built = cache.get(snapshot);
  if (built === undefined) {
    built = build(snapshot);
    cache.set(snapshot, built);
  }
  return built;
}

function build(snapshot: Snapshot): Index {
  const rules = new Map<Resource, readonly RoleRule[]>();
  const grants: Grant[] = [];
  const bySource = new Map<Resource, Grant[]>();
  for (const binding of bindingsIn(snapshot))
    for (const role of rolesOf(snapshot, binding)) {
      let inForce = rules.get(role);
      if (inForce === undefined) {
        inForce = effectiveRules(snapshot, role);
        rules.set(role, inForce);
      }
      const grant: Grant = { binding, role, rules: inForce };
      grants.push(grant);
      for (const source of new Set([role, ...inForce.map((rule) => rule.source)])) {
        const list = bySource.get(source);
        if (list === undefined) bySource.set(source, [grant]);
        else list.push(grant);
      }
    }
  return { grants, bySource };
}

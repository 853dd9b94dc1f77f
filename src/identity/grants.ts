// Who is granted what, with the proof: binding, role, and the rule with the object it is written in. RBAC only ever allows, so the grants
// of a caller are the union over the bindings that name it. Authorizers other than RBAC (node, webhooks, ABAC) are not looked at, nor is
// the group system:masters, which kube-apiserver lets through before RBAC is asked.

import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type Binding, type BoundSubject, bindingsIn, bindingsOf, rolesOf } from './bindings.ts';
import { firstCopy } from './copies.ts';
import { effectiveRules, type RoleRule } from './roles.ts';
import { type RequestAttributes, ruleAllows } from './rules.ts';
import type { User } from './subjects.ts';

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
  readonly byBinding: ReadonlyMap<Binding, readonly Grant[]>;
  /** By the first copy of the role a rule is written in. */
  readonly bySource: ReadonlyMap<Resource, readonly Grant[]>;
}

const cache = new WeakMap<Snapshot, Index>();

/** Every grant of a snapshot, cluster-wide ones first. */
export function grantsIn(snapshot: Snapshot): readonly Grant[] {
  return index(snapshot).grants;
}

/** The grants that give out rules written in this role or in a copy of it, directly or through an aggregated role. */
export function grantsFrom(snapshot: Snapshot, role: Resource): readonly Grant[] {
  return index(snapshot).bySource.get(firstCopy(snapshot, role)) ?? [];
}

/** The grants of a caller, with the subjects that name it. */
export function grantsTo(snapshot: Snapshot, user: User): readonly (Grant & { readonly subject: BoundSubject })[] {
  const { byBinding } = index(snapshot);
  return bindingsOf(snapshot, user).flatMap(({ binding, subject }) =>
    (byBinding.get(binding) ?? []).map((grant) => ({ ...grant, subject })),
  );
}

/** The first grant that allows the request; undefined where RBAC has no opinion. */
export function allowedBy(snapshot: Snapshot, user: User, wanted: RequestAttributes): Proof | undefined {
  for (const { binding, role, rules, subject } of grantsTo(snapshot, user)) {
    if (binding.namespace !== '' && binding.namespace !== wanted.namespace) continue;
    const rule = rules.find((candidate) => ruleAllows(candidate.rule, wanted));
    if (rule !== undefined) return { ...rule, binding, role, subject };
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
  const byBinding = new Map<Binding, readonly Grant[]>();
  const bySource = new Map<Resource, Grant[]>();
  const grants = bindingsIn(snapshot).flatMap((binding) => {
    const own = rolesOf(snapshot, binding).map((role): Grant => {
      const inForce = rules.get(role) ?? effectiveRules(snapshot, role);
      rules.set(role, inForce);
      return { binding, role, rules: inForce };
    });
    byBinding.set(binding, own);
    return own;
  });
  for (const grant of grants)
    for (const source of new Set([grant.role, ...grant.rules.map((rule) => rule.source)])) {
      const list = bySource.get(source);
      if (list === undefined) bySource.set(source, [grant]);
      else list.push(grant);
    }
  return { grants, byBinding, bySource };
}

// What a user may do, as rules: those of every binding that names it in one scope (the union that a SelfSubjectRulesReview of kube-apiserver
// 1.36 shows), or of every scope with the place each holds in. Rights of the Node authorizer and of system:masters are no rules; the server
// leaves them out, too.

import { sameJson } from '../lib/json.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { aggregate, brokenRoles } from './access-review.ts';
import { authorizerOf, type CompiledRole, type Given, givenTo, namespacesOf } from './authorizer.ts';
import { nodeDecision } from './node-authorizer.ts';
import type { RoleRule } from './roles.ts';
import { type PolicyRule, request } from './rules.ts';
import type { User } from './subjects.ts';

/** A rule a user has, and through what. */
export interface Held {
  readonly given: Given;
  readonly rule: RoleRule;
}

export interface Permissions {
  /** Empty: the whole cluster. */
  readonly namespace: string;
  readonly held: readonly Held[];
  readonly unknown: readonly Given[];
}

export interface RulesReview {
  readonly resourceRules: readonly PolicyRule[];
  readonly nonResourceRules: readonly PolicyRule[];
  /** True for nodes, whose authorizer lists no rules. */
  readonly incomplete: boolean;
  /** Roles that are not there, and authorizers that list no rules. */
  readonly evaluationError: string;
}

/** What a user has by scope: the whole cluster first, then each namespace with grants of its own. */
export function permissionsOf(snapshot: Snapshot, user: User): readonly Permissions[] {
  const authorizer = authorizerOf(snapshot);
  return ['', ...namespacesOf(authorizer, user)].map((namespace) => {
    const given = givenTo(authorizer, user, namespace).filter(({ binding }) => binding.namespace === namespace);
    return {
      namespace,
      held: given.flatMap((one) => (authorizer.roles[one.role]?.rules ?? []).map((rule) => ({ given: one, rule }))),
      unknown: given.filter(({ role }) => role < 0),
    };
  });
}

/** The rules in force for a user in a namespace, those of the whole cluster included; '' is the cluster scope. */
export function rulesFor(snapshot: Snapshot, user: User, namespace: string): readonly PolicyRule[] {
  const authorizer = authorizerOf(snapshot);
  return givenTo(authorizer, user, namespace).flatMap(({ role }) => listed(authorizer.roles[role]));
}

/** A role's rules; those that several aggregated roles say alike stand once, as the controller writes them. */
function listed(role: CompiledRole | undefined): readonly PolicyRule[] {
  const rules = role?.rules.map(({ rule }) => rule) ?? [];
  const isAggregated = role?.rules.some(({ source }) => source !== role.resource) === true;
  return isAggregated ? rules.filter((rule, index) => rules.findIndex((other) => sameJson(other, rule)) === index) : rules;
}

/** The answer to a SelfSubjectRulesReview. */
export function rulesReview(snapshot: Snapshot, user: User, namespace: string): RulesReview {
  const authorizer = authorizerOf(snapshot);
  const rules = rulesFor(snapshot, user, namespace);
  const node = nodeDecision(snapshot, user, request('', '', ''));
  const broken = brokenRoles(givenTo(authorizer, user, namespace).filter(({ role }) => role < 0));
  const errors = [...(node === undefined ? [] : ['node authorizer does not support user rule resolution']), ...broken];
  return {
    resourceRules: rules.filter(({ resources }) => resources.length > 0),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0),
    incomplete: node !== undefined,
    evaluationError: errors.length === 0 ? '' : aggregate(errors),
  };
}

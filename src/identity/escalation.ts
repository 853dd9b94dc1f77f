// Nobody hands out what they do not have: the checks of kube-apiserver 1.36 when roles and bindings are written
// (pkg/registry/rbac: escalation_check.go and the storages of the four kinds), with its messages. A role needs all of its rules or the verb
// `escalate` on it; a binding needs all rules of the role or `bind` on that role, asked in the binding's namespace; an aggregation rule
// needs everything. system:masters is never asked. Whether the write itself is authorized is asked before; whether the object is valid, after.

import { field, sameJson } from '../lib/json.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { aggregate, allows, brokenRoles, privilegedGroup } from './access-review.ts';
import { authorizerOf, givenTo } from './authorizer.ts';
import { readBinding } from './bindings.ts';
import { compactRules } from './compact.ts';
import { uncovered } from './covers.ts';
import { effectiveRules, findRoles, rbacGroup } from './roles.ts';
import { type PolicyRule, readRules, request } from './rules.ts';
import type { User } from './subjects.ts';

export interface EscalationRefusal {
  readonly code: 400 | 403 | 404 | 500;
  /** The message of the answer's Status, whole. */
  readonly message: string;
  /** The name in the Status' details, where it has some. */
  readonly name: string | undefined;
}

export interface RbacWrite {
  readonly user: User;
  /** The object as it would be stored. */
  readonly object: Resource;
  /** The object as it is, for an update. */
  readonly old: Resource | undefined;
}

const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };

/** Why the API server would refuse to let this user write the role or binding; undefined where it would not. */
export function escalationRefusal(snapshot: Snapshot, write: RbacWrite): EscalationRefusal | undefined {
  const { user, object, old } = write;
  if (user.groups.includes(privilegedGroup) || (old !== undefined && sameJson(object.object, old.object))) return undefined;
  return object.kind.endsWith('Binding') ? refusedBinding(snapshot, write) : refusedRole(snapshot, write);
}

function refusedRole(snapshot: Snapshot, { user, object, old }: RbacWrite): EscalationRefusal | undefined {
  const plural = `${object.kind.toLowerCase()}s`;
  const where = { namespace: object.namespace, name: old === undefined ? '' : object.name };
  if (allows(snapshot, user, request('escalate', rbacGroup, plural, where))) return undefined;
  const missing = notHeld(snapshot, user, object, readRules(object.object));
  if (missing !== undefined) return forbidden(object, missing);
  const aggregates = [object, old].some((role) => role !== undefined && hasAggregation(role));
  if (!aggregates || notHeld(snapshot, user, object, [everything]) === undefined) return undefined;
  return forbidden(object, 'must have cluster-admin privileges to use the aggregationRule');
}

function hasAggregation(role: Resource): boolean {
  const rule = field(role.object, 'aggregationRule');
  return role.kind === 'ClusterRole' && rule !== undefined && rule !== null;
}

function refusedBinding(snapshot: Snapshot, { user, object }: RbacWrite): EscalationRefusal | undefined {
  const { role } = readBinding(object);
  const plural = role.kind === 'ClusterRole' ? 'clusterroles' : role.kind === 'Role' ? 'roles' : undefined;
  if (plural === undefined) return { code: 500, message: `unsupported role reference kind: ${JSON.stringify(role.kind)}`, name: undefined };
  const where = { namespace: object.namespace, name: role.name };
  if (allows(snapshot, user, request('bind', rbacGroup, plural, where))) return undefined;
  if (role.kind === 'Role' && object.namespace === '') return { code: 400, message: 'Namespace parameter required.', name: undefined };
  const [found] = findRoles(snapshot, role);
  const kind = `${object.kind.toLowerCase()}s.${rbacGroup}`;
  if (found === undefined) return { code: 404, message: `${kind} ${JSON.stringify(role.name)} not found`, name: role.name };
  const rules = effectiveRules(snapshot, found).map(({ rule }) => rule);
  const missing = notHeld(snapshot, user, object, rules);
  return missing === undefined ? undefined : forbidden(object, missing);
}

function forbidden({ kind, name }: Resource, why: string): EscalationRefusal {
  return { code: 403, message: `${kind.toLowerCase()}s.${rbacGroup} ${JSON.stringify(name)} is forbidden: ${why}`, name };
}

/** The complaint about rules that the user does not hold where the object is written; undefined where all are held. */
function notHeld(snapshot: Snapshot, user: User, written: Resource, rules: readonly PolicyRule[]): string | undefined {
  const authorizer = authorizerOf(snapshot);
  const given = givenTo(authorizer, user, written.namespace);
  const held = given.flatMap(({ role }) => authorizer.roles[role]?.rules.map(({ rule }) => rule) ?? []);
  const missing = uncovered(held, rules);
  if (missing.length === 0) return undefined;
  const texts = [...new Set(compactRules(missing).map(ruleText))].sort();
  const errors = brokenRoles(
    given.filter(({ role }) => role < 0),
    `${written.kind.toLowerCase()}s`,
  );
  const unresolved = errors.length === 0 ? '' : `; resolution errors: [${aggregate(errors)}]`;
  const who = `user ${JSON.stringify(user.name)} (groups=${quotedList(user.groups)})`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}${unresolved}`;
}

/** A rule as kube-apiserver prints it: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const shown = parts.filter(([, words]) => words.length > 0).map(([name, words]) => `${name}:${quotedList(words)}`);
  return `{${shown.join(', ')}}`;
}

function quotedList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;
}

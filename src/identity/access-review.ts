// One question, answered as kube-apiserver 1.36 does with `--authorization-mode=Node,RBAC`: the group system:masters first, which nothing
// can take rights from; then the Node authorizer, for kubelets; then RBAC. The first that allows decides, and the reasons are the server's
// words. The proof names every binding, role and rule that allows, not only the one the server happens to name.
// Left out: webhooks and the order of an AuthorizationConfiguration, which are files of the API server and in no snapshot
// (`authorization/chain.ts` has them); a webhook before RBAC may deny what is allowed here.

import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { authorizerOf, type Given, givenTo, permissionOf, rbacAllows, roleGives, ruleThatAllows } from './authorizer.ts';
import type { Binding } from './bindings.ts';
import { nodeDecision } from './node-authorizer.ts';
import type { RoleRule } from './roles.ts';
import type { RequestAttributes } from './rules.ts';
import type { Subject, User } from './subjects.ts';

/** One reason why: a binding, the role it gives, and the rule with the role it is written in. */
export interface Via {
  readonly binding: Binding;
  readonly subject: Subject;
  readonly role: Resource;
  readonly rule: RoleRule;
}

export interface AccessReview {
  readonly allowed: boolean;
  /** Which authorizer allowed it; undefined where none did. */
  readonly authorizer: 'system:masters' | 'Node' | 'RBAC' | undefined;
  /** In the words of kube-apiserver; empty for system:masters and for a plain no. */
  readonly reason: string;
  /** All RBAC grants that allow it, those of the whole cluster first. */
  readonly via: readonly Via[];
  /** Bindings of the user whose role is not in the snapshot: what they would give is unknown. */
  readonly unknown: readonly Given[];
}

export const privilegedGroup = 'system:masters';

/** True where the request is allowed. `allows(snapshot, serviceAccount('shop', 'web'), request('get', '', 'secrets', { namespace: 'shop' }))`. */
export function allows(snapshot: Snapshot, user: User, wanted: RequestAttributes): boolean {
  if (user.groups.includes(privilegedGroup)) return true;
  if (nodeDecision(snapshot, user, wanted)?.allowed === true) return true;
  return rbacAllows(authorizerOf(snapshot), user, wanted);
}

/** Whether the request is allowed, with the reason and everything it rests on. */
export function can(snapshot: Snapshot, user: User, wanted: RequestAttributes): AccessReview {
  const rbac = rbacReview(snapshot, user, wanted);
  const answer = { via: rbac.via, unknown: rbac.unknown };
  if (user.groups.includes(privilegedGroup)) return { ...answer, allowed: true, authorizer: 'system:masters', reason: '' };
  const node = nodeDecision(snapshot, user, wanted);
  if (node?.allowed === true) return { ...answer, allowed: true, authorizer: 'Node', reason: node.reason };
  if (rbac.allowed) return { ...answer, allowed: true, authorizer: 'RBAC', reason: rbac.reason };
  const reasons = [node?.reason ?? '', rbac.reason].filter((reason) => reason !== '');
  return { ...answer, allowed: false, authorizer: undefined, reason: reasons.join('\n') };
}

/** What the RBAC authorizer alone says. */
export function rbacReview(snapshot: Snapshot, user: User, wanted: RequestAttributes): Omit<AccessReview, 'authorizer'> {
  const authorizer = authorizerOf(snapshot);
  const given = givenTo(authorizer, user, wanted.namespace);
  const unknown = given.filter(({ role }) => role < 0);
  const permission = permissionOf(authorizer, wanted);
  const via = given
    .filter(({ role }) => role >= 0 && roleGives(permission, role, wanted.name))
    .flatMap((one) => viaOf(authorizer, one, wanted));
  const [first] = via;
  return { allowed: first !== undefined, reason: first === undefined ? brokenReason(unknown) : allowedReason(first), via, unknown };
}

/** The proof for one grant that gives the permission. */
function viaOf(authorizer: ReturnType<typeof authorizerOf>, given: Given, wanted: RequestAttributes): readonly Via[] {
  const role = authorizer.roles[given.role];
  const rule = role && ruleThatAllows(role, wanted);
  return role === undefined || rule === undefined ? [] : [{ binding: given.binding, subject: given.subject, role: role.resource, rule }];
}

/** Why RBAC allows, in kube-apiserver's words. */
export function allowedReason({ binding, subject, role }: Via): string {
  const place = binding.namespace === '' ? binding.resource.name : `${binding.resource.name}/${binding.namespace}`;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : subject.name;
  return `RBAC: allowed by ${binding.resource.kind} ${quoted(place)} of ${role.kind} ${quoted(role.name)} to ${subject.kind} ${quoted(who)}`;
}

/** What kube-apiserver says of bindings of the caller that name roles which are not there; each once. */
export function brokenReason(unknown: readonly Given[]): string {
  const errors = brokenRoles(unknown);
  return errors.length === 0 ? '' : `RBAC: ${aggregate(errors)}`;
}

/**
 * One message for each role that is missing, in the order of the bindings. The authorizer says `clusterrole`; the storage, asked within a
 * request, says that request's own resource, whatever the kind of the role: `rolebindings`.
 */
export function brokenRoles(unknown: readonly Given[], requested?: string): readonly string[] {
  const text = ({ binding: { role } }: Given) =>
    `${requested ?? role.kind.toLowerCase()}.rbac.authorization.k8s.io ${quoted(role.name)} not found`;
  return [...new Set(unknown.map(text))];
}

/** Several errors as Kubernetes prints them together. */
export function aggregate(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

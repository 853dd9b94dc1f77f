// The RBAC of a snapshot, compiled so that a question costs map look-ups and bit tests: roles get numbers; a permission (verb, group,
// resource, subresource, or verb and path) is a bitset of the roles that give it, made when it is first asked; a subject has one row of
// roles for the whole cluster and one for each namespace. Answers are those of kube-apiserver 1.36 (plugin/pkg/auth/authorizer/rbac),
// whatever the words of the request: nothing has to be known of the resources there are.
// Left out: the other authorizers (`access-review.ts` puts them in order) and field and label selectors, which RBAC does not look at.

import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { compiledRbac } from './authorizer-compile.ts';
import type { Binding, BoundSubject } from './bindings.ts';
import type { RoleRule } from './roles.ts';
import { type PolicyRule, type RequestAttributes, ruleAllows, ruleIsAbout } from './rules.ts';
import type { User } from './subjects.ts';

/** A role that some binding gives, with its rules in force. */
export interface CompiledRole {
  readonly resource: Resource;
  readonly rules: readonly RoleRule[];
}

/** One subject of one binding, and one role the binding gives it. Several roles where manifests define one in different ways. */
export interface Given {
  readonly binding: Binding;
  readonly subject: BoundSubject;
  /** Number of the role; -1 where the reference dangles. */
  readonly role: number;
  /** Place among all bindings, cluster-wide ones first, as the authorizer asks them. */
  readonly order: number;
  /** Place among the binding's subjects. */
  readonly index: number;
  /** What the subject has in all: the same for every mention of it. Undefined for subjects that stand for nobody. */
  readonly rows: Rows | undefined;
}

/** What a subject has in one scope. */
export interface Row {
  readonly given: Given[];
  /** Each role once; made when first asked. */
  roles: readonly number[] | undefined;
}

export interface Rows {
  /** Number of the subject and the kind it is first spelled with. */
  readonly number: number;
  readonly kind: string;
  cluster: Row | undefined;
  /** Made for subjects that have grants in namespaces. */
  namespaces: Map<string, Row> | undefined;
}

/** The roles that give one permission. */
export interface Permission {
  /** Bit n: role n gives it for every name. */
  readonly roles: Uint32Array;
  /** The roles that give it for some names only. */
  readonly named: ReadonlyMap<number, ReadonlySet<string>> | undefined;
}

export interface Authorizer {
  readonly roles: readonly CompiledRole[];
  /** Every binding's subjects, in order. */
  readonly given: readonly Given[];
  /** The role of each of them, side by side: most questions look no further. */
  readonly givenRoles: Int32Array;
  /** The number of each one's subject, the same for every mention of it in one spelling; -1 for subjects that stand for nobody. */
  readonly givenSubjects: Int32Array;
  readonly subjectCount: number;
  /** Those whose role is not there. */
  readonly dangling: readonly Given[];
  readonly users: ReadonlyMap<string, Rows>;
  readonly groups: ReadonlyMap<string, Rows>;
  readonly rulesByVerb: ReadonlyMap<string, readonly (readonly [role: number, rule: PolicyRule])[]>;
  readonly permissions: Permissions;
  readonly callers: WeakMap<User, readonly Rows[]>;
}

/** By verb, group or path, resource and subresource. */
interface Permissions {
  count: number;
  readonly byVerb: Map<string, Map<string, Map<string, Map<string, Permission>>>>;
}

const cache = new WeakMap<Snapshot, Authorizer>();

/** The compiled RBAC of a snapshot, made on first use. */
export function authorizerOf(snapshot: Snapshot): Authorizer {
  let built = cache.get(snapshot);
  if (built === undefined) {
    built = compiledRbac(snapshot);
    cache.set(snapshot, built);
  }
  return built;
}

/** True where RBAC allows the request. system:masters means nothing here. */
export function rbacAllows(authorizer: Authorizer, user: User, wanted: RequestAttributes): boolean {
  const permission = permissionOf(authorizer, wanted);
  for (const rows of rowsOf(authorizer, user)) if (rowsGive(rows, permission, wanted)) return true;
  return false;
}

/** The rows of a user and of its groups; kept for as long as the user's record is. */
function rowsOf(authorizer: Authorizer, user: User): readonly Rows[] {
  let found = authorizer.callers.get(user);
  if (found === undefined) {
    const all = [authorizer.users.get(user.name), ...[...new Set(user.groups)].map((group) => authorizer.groups.get(group))];
    found = all.filter((rows) => rows !== undefined);
    authorizer.callers.set(user, found);
  }
  return found;
}

function rowsGive(rows: Rows, permission: Permission, wanted: RequestAttributes): boolean {
  if (rows.cluster !== undefined && rowGives(rows.cluster, permission, wanted.name)) return true;
  if (wanted.namespace === '') return false;
  const row = rows.namespaces?.get(wanted.namespace);
  return row !== undefined && rowGives(row, permission, wanted.name);
}

function rowGives(row: Row, permission: Permission, name: string): boolean {
  row.roles ??= [...new Set(row.given.map(({ role }) => role).filter((role) => role >= 0))];
  for (const role of row.roles) if (roleGives(permission, role, name)) return true;
  return false;
}

/** True where the role gives the permission for this name. */
export function roleGives({ roles, named }: Permission, role: number, name: string): boolean {
  if (((roles[role >>> 5] ?? 0) & (1 << (role & 31))) !== 0) return true;
  return named?.get(role)?.has(name) === true;
}

/** Every binding that names the user, by name or through a group, and holds in the namespace; each role of each binding once. */
export function givenTo(authorizer: Authorizer, user: User, namespace: string): readonly Given[] {
  const found: Given[] = [];
  for (const rows of rowsOf(authorizer, user)) {
    for (const given of rows.cluster?.given ?? []) found.push(given);
    if (namespace !== '') for (const given of rows.namespaces?.get(namespace)?.given ?? []) found.push(given);
  }
  found.sort((a, b) => a.order - b.order || a.role - b.role || a.index - b.index);
  return found.filter((given, at) => found[at - 1]?.binding !== given.binding || found[at - 1]?.role !== given.role);
}

/** The namespaces in which a user is given something by RoleBindings. */
export function namespacesOf(authorizer: Authorizer, user: User): readonly string[] {
  return [...new Set(rowsOf(authorizer, user).flatMap(({ namespaces }) => [...(namespaces?.keys() ?? [])]))].sort();
}

/** The first rule of a role that allows the request. */
export function ruleThatAllows(role: CompiledRole, wanted: RequestAttributes): RoleRule | undefined {
  return role.rules.find(({ rule }) => ruleAllows(rule, wanted));
}

const mostPermissions = 20_000;

/** The permission a request asks for. */
export function permissionOf(authorizer: Authorizer, wanted: RequestAttributes): Permission {
  const isPath = wanted.resource === '';
  const { permissions } = authorizer;
  const first = isPath ? wanted.path : wanted.apiGroup;
  const known = permissions.byVerb.get(wanted.verb)?.get(first)?.get(wanted.resource)?.get(wanted.subresource);
  if (known !== undefined) return known;
  const made = makePermission(authorizer, wanted);
  if (permissions.count++ >= mostPermissions) {
    permissions.byVerb.clear();
    permissions.count = 1;
  }
  under(under(under(permissions.byVerb, wanted.verb), first), wanted.resource).set(wanted.subresource, made);
  return made;
}

/** The inner map of a key, made where there is none. */
function under<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

function makePermission({ roles, rulesByVerb }: Authorizer, wanted: RequestAttributes): Permission {
  const bits = new Uint32Array((roles.length + 31) >>> 5);
  let named: Map<number, Set<string>> | undefined;
  const isPath = wanted.resource === '';
  const take = (role: number, rule: PolicyRule) => {
    // The verb is the index's.
    if (!ruleIsAbout(rule, wanted)) return;
    if (isPath || rule.resourceNames.length === 0) {
      bits[role >>> 5] = (bits[role >>> 5] ?? 0) | (1 << (role & 31));
      return;
    }
    named ??= new Map();
    const known = named.get(role) ?? new Set<string>();
    for (const name of rule.resourceNames) known.add(name);
    named.set(role, known);
  };
  for (const [role, rule] of rulesByVerb.get(wanted.verb) ?? []) take(role, rule);
  if (wanted.verb !== '*') for (const [role, rule] of rulesByVerb.get('*') ?? []) take(role, rule);
  return { roles: bits, named };
}

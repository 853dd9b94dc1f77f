// The RBAC of a snapshot compiled for questions: roles and subjects get numbers, each subject one row of roles for the whole cluster and one for
// each namespace, rules an index by verb. What is asked of it is in `authorizer.ts`.

import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Authorizer, CompiledRole, Given, Row, Rows } from './authorizer.ts';
import { type BoundSubject, bindingsIn, rolesOf } from './bindings.ts';
import { effectiveRules } from './roles.ts';
import type { PolicyRule } from './rules.ts';
import { serviceAccountUser } from './subjects.ts';

/** Compiles; `authorizerOf` keeps what comes out. */
export function compiledRbac(snapshot: Snapshot): Authorizer {
  const numbers = new Map<Resource, number>();
  const roles: CompiledRole[] = [];
  const given: Given[] = [];
  const givenSubjects: number[] = [];
  const subjects = new Subjects();
  const numberOf = (resource: Resource): number => {
    let number = numbers.get(resource);
    if (number === undefined) {
      number = roles.push({ resource, rules: effectiveRules(snapshot, resource) }) - 1;
      numbers.set(resource, number);
    }
    return number;
  };
  for (const [order, binding] of bindingsIn(snapshot).entries()) {
    const found = rolesOf(snapshot, binding);
    for (const role of found.length === 0 ? [-1] : found.map(numberOf))
      for (const [index, subject] of binding.subjects.entries()) {
        const rows = subjects.rows(subject);
        const one: Given = { binding, subject, role, order, index, rows };
        given.push(one);
        givenSubjects.push(rows === undefined ? -1 : subjects.number(rows, subject.kind));
        if (rows !== undefined) rowIn(rows, binding.namespace).given.push(one);
      }
  }
  const givenRoles = Int32Array.from(given, ({ role }) => role);
  return {
    roles,
    given,
    givenRoles,
    givenSubjects: Int32Array.from(givenSubjects),
    subjectCount: subjects.count,
    dangling: given.filter(({ role }) => role < 0),
    users: subjects.users,
    groups: subjects.groups,
    rulesByVerb: byVerb(roles),
    permissions: { count: 0, byVerb: new Map() },
    callers: new WeakMap(),
  };
}

/** Finds what each subject has, and gives it a number. One spelled both as a user and as a service account has two. */
class Subjects {
  readonly users = new Map<string, Rows>();
  readonly groups = new Map<string, Rows>();
  readonly #accounts = new Map<string, Map<string, Rows>>();
  readonly #spelledOtherwise = new Map<Rows, number>();
  count = 0;

  /** Of subjects that stand for somebody, as `subjectMatches` compares them. */
  rows({ kind, name, namespace }: BoundSubject): Rows | undefined {
    if (kind === 'Group') return this.#in(this.groups, name, kind);
    if (kind === 'User') return this.#in(this.users, name, kind);
    if (kind !== 'ServiceAccount' || name === '' || namespace === '') return undefined;
    let accounts = this.#accounts.get(namespace);
    if (accounts === undefined) {
      accounts = new Map();
      this.#accounts.set(namespace, accounts);
    }
    let rows = accounts.get(name);
    if (rows === undefined) {
      rows = this.#in(this.users, serviceAccountUser(namespace, name), kind);
      accounts.set(name, rows);
    }
    return rows;
  }

  number(rows: Rows, kind: string): number {
    if (rows.kind === kind) return rows.number;
    const known = this.#spelledOtherwise.get(rows) ?? this.count++;
    this.#spelledOtherwise.set(rows, known);
    return known;
  }

  #in(map: Map<string, Rows>, name: string, kind: string): Rows {
    let rows = map.get(name);
    if (rows === undefined) {
      rows = { number: this.count++, kind, cluster: undefined, namespaces: undefined };
      map.set(name, rows);
    }
    return rows;
  }
}

function rowIn(rows: Rows, namespace: string): Row {
  if (namespace === '') {
    rows.cluster ??= { given: [], roles: undefined };
    return rows.cluster;
  }
  rows.namespaces ??= new Map();
  let row = rows.namespaces.get(namespace);
  if (row === undefined) {
    row = { given: [], roles: undefined };
    rows.namespaces.set(namespace, row);
  }
  return row;
}

function byVerb(roles: readonly CompiledRole[]): ReadonlyMap<string, readonly (readonly [number, PolicyRule])[]> {
  const index = new Map<string, (readonly [number, PolicyRule])[]>();
  for (const [number, { rules }] of roles.entries())
    for (const { rule } of rules)
      for (const [at, verb] of rule.verbs.entries()) {
        if (rule.verbs.indexOf(verb) !== at) continue;
        const list = index.get(verb);
        if (list === undefined) index.set(verb, [[number, rule]]);
        else list.push([number, rule]);
      }
  return index;
}

// Who holds which right where, as vertices: subject → role in a scope → right in a scope. Bindings of the same role in the same scope share
// what follows. Each arc knows its repair: the subject leaves the binding, or the rule loses the verb or the resource. Roles that every
// cluster has are not repaired, nor rules with wildcards: there the binding is.
// A role that gives everything is not taken apart: its holders are cluster-admin, or admin of the namespace.

import { authorizerOf, type CompiledRole, type Given } from '../identity/authorizer.ts';
import type { Binding } from '../identity/bindings.ts';
import { isShippedBinding, isShippedRole } from '../identity/bootstrap.ts';
import { effectiveRules, type RoleRule, rbacGroup } from '../identity/roles.ts';
import { subjectText } from '../identity/subjects.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { GraphBuilder } from './graph.ts';
import { type Change, type Repair, removing } from './repair.ts';
import { namesGiven, type Right } from './right.ts';
import { covers, givenText, narrowed, type PolicyRule, roleText, ruleText } from './rule-words.ts';

/** A role that gives a right: for every name, or for some. */
interface Giver {
  readonly role: number;
  readonly rules: readonly RoleRule[];
  readonly names: 'all' | ReadonlySet<string>;
}

export class Rights {
  readonly #graph: GraphBuilder;
  readonly #roles: readonly CompiledRole[];
  /** Scopes in which each role is given to somebody. */
  readonly #scopes = new Map<number, Set<string>>();
  readonly #givers = new Map<string, readonly Giver[]>();
  readonly #everything = new Set<number>();
  readonly #admins = new Set<string>();
  readonly #byVerb = new Map<string, Set<number>>();
  readonly #asked = new Map<number, { readonly right: Right; readonly scope: string; readonly name: string }>();
  readonly #given: readonly Given[];

  constructor(snapshot: Snapshot, graph: GraphBuilder) {
    this.#graph = graph;
    const authorizer = authorizerOf(snapshot);
    const compiled = new Set(authorizer.roles.map(({ resource }) => resource));
    const others = ['ClusterRole', 'Role'].flatMap((kind) => ofKind(snapshot, rbacGroup, kind)).filter((role) => !compiled.has(role));
    this.#roles = [...authorizer.roles, ...others.map((resource) => ({ resource, rules: effectiveRules(snapshot, resource) }))];
    this.#roles.forEach(({ rules }, number) => {
      if (rules.some(({ rule }) => covers(rule, everything))) this.#everything.add(number);
      for (const { rule } of rules)
        for (const verb of rule.verbs) this.#byVerb.set(verb, (this.#byVerb.get(verb) ?? new Set()).add(number));
    });
    this.#given = authorizer.given;
    for (const one of authorizer.given) this.#give(one);
  }

  /** Roles that give everything in the scopes they are given in: cluster-admin, or admin of a namespace. */
  crown(): void {
    for (const [role, scopes] of this.#scopes) if (this.#everything.has(role)) for (const scope of scopes) this.#crown(role, scope);
  }

  /** Somebody can give himself the role in this scope: what it gives counts from here on. Must be told before rights are asked for. */
  open(role: number, scope: string): number {
    const scopes = this.#scopes.get(role) ?? new Set<string>();
    this.#scopes.set(role, scopes.add(scope));
    if (this.#everything.has(role)) this.#crown(role, scope);
    return this.roleAt(role, scope);
  }

  /** The roles of a namespace, '' meaning ClusterRoles. */
  rolesIn(namespace: string): readonly number[] {
    return this.#roles.flatMap(({ resource }, index) => (resource.namespace === namespace ? [index] : []));
  }

  /** Namespaces in which somebody can make himself admin; told by the edges that bind and rewrite roles. */
  addAdmin(scope: string): number {
    this.#admins.add(scope);
    return this.#graph.vertex('namespace-admin', scope);
  }

  /** The scopes in which somebody holds the right for every name. */
  scopesOf(right: Right): readonly string[] {
    const scopes = new Set<string>(right.clusterOnly ? [] : this.#admins);
    for (const { role, names } of this.#giversOf(right))
      if (names === 'all') for (const scope of this.#scopes.get(role) ?? []) if (scope === '' || !right.clusterOnly) scopes.add(scope);
    if (right.object !== undefined) {
      const own = right.object.namespace;
      return scopes.has('') || scopes.has(own) ? [own] : [];
    }
    return [...scopes].sort();
  }

  /** The names, by scope, for which somebody holds the right without holding it for all. */
  namesOf(right: Right): readonly { readonly scope: string; readonly name: string }[] {
    const found = new Map<string, { readonly scope: string; readonly name: string }>();
    for (const { role, names } of this.#giversOf(right)) {
      if (names === 'all') continue;
      for (const scope of this.#scopes.get(role) ?? [])
        if (scope === '' || !right.clusterOnly) for (const name of names) found.set(`${scope}/${name}`, { scope, name });
    }
    return [...found.values()];
  }

  /** The vertex of a right in a scope. Who leads to it is drawn at the end, by `connect`, when it is known what bindings can be made. */
  at(right: Right, scope: string, name = ''): number {
    const vertex = this.#graph.vertex('right', scope, name === '' ? right.text : `${right.text} ${name}`);
    this.#asked.set(vertex, { right, scope, name });
    return vertex;
  }

  /** Draws the arcs from roles to the rights that were asked for. */
  connect(): void {
    for (const [vertex, { right, scope, name }] of this.#asked) {
      const scopes = scope === '' ? [''] : ['', scope];
      for (const giver of this.#giversOf(right)) {
        if (giver.names !== 'all' && !giver.names.has(name)) continue;
        const held = this.#scopes.get(giver.role);
        for (const from of scopes) if (held?.has(from) === true) this.#grant(giver, from, right, vertex);
      }
      if (right.clusterOnly) continue;
      for (const from of scopes)
        if (this.#admins.has(from)) this.#graph.arc(this.#graph.vertex('namespace-admin', from), vertex, { role: 'premise', cost: 0 });
    }
  }

  /** The bindings that name a user or group. */
  bindingsTo(kind: string, name: string): readonly Binding[] {
    return [
      ...new Set(
        this.#given.flatMap(({ binding, subject }) =>
          subject.kind === kind && subject.name === name && !isShippedBinding(binding.resource) ? [binding] : [],
        ),
      ),
    ];
  }

  /** One repair that takes a subject out of all these bindings. */
  withoutAll(bindings: readonly Binding[], name: string): readonly Repair[] {
    const changes = bindings.flatMap(({ resource, subjects }): Change[] =>
      subjects.every((subject) => subject.name === name)
        ? [{ kind: 'remove' as const, resource }]
        : [
            {
              kind: 'patch' as const,
              resource,
              patch: removing(subjects.flatMap((subject) => (subject.name === name ? [subject.path] : []))),
            },
          ],
    );
    return [
      {
        id: `bindings of ${name}`,
        text: `take ${name} out of ${bindings.map(({ resource }) => roleText(resource)).join(', ')}`,
        effort: 2,
        changes,
      },
    ];
  }

  /** What a role gives in a scope: the vertex that its holders lead to. */
  roleAt(role: number, scope: string): number {
    const found = this.#roles[role];
    return this.#graph.vertex('role', scope, found === undefined ? '' : roleText(found.resource));
  }

  /** The number of a role by its reference; undefined where the snapshot has none such. */
  roleNamed(kind: string, namespace: string, name: string): number | undefined {
    const index = this.#roles.findIndex(
      ({ resource }) => resource.kind === kind && resource.namespace === namespace && resource.name === name,
    );
    return index < 0 ? undefined : index;
  }

  #giversOf(right: Right): readonly Giver[] {
    let givers = this.#givers.get(right.text);
    if (givers === undefined) {
      const near = new Set<number>();
      for (const verb of new Set(['*', ...right.atoms.map(({ wanted }) => wanted.verb)]))
        for (const role of this.#byVerb.get(verb) ?? []) near.add(role);
      givers = [...near].flatMap((role) => (this.#everything.has(role) ? [] : (this.#giver(role, right) ?? [])));
      this.#givers.set(right.text, givers);
    }
    return givers;
  }

  #giver(role: number, right: Right): Giver | undefined {
    const names = new Set<string>();
    const all: RoleRule[] = [];
    const some: RoleRule[] = [];
    for (const rule of this.#roles[role]?.rules ?? []) {
      const given = namesGiven(right, rule.rule);
      if (given === 'all') all.push(rule);
      else if (given.length > 0) some.push(rule);
      if (given !== 'all') for (const name of given) names.add(name);
    }
    if (all.length > 0) return { role, rules: all, names: 'all' };
    return names.size === 0 ? undefined : { role, rules: some, names };
  }

  /** A subject of a binding gets the role; a role that is not there gives nothing, but might. */
  #give({ binding, subject, role, rows }: Given): void {
    if (rows === undefined) return;
    const graph = this.#graph;
    const holder =
      subject.kind === 'ServiceAccount'
        ? graph.vertex('service-account', subject.namespace, subject.name)
        : graph.vertex(subject.kind === 'Group' ? 'group' : 'user', '', subject.name);
    const scope = binding.namespace;
    const place = { resource: binding.resource, path: subject.path };
    const text = `${roleText(binding.resource)} gives ${subjectText(subject)} the ${binding.role.kind} ${binding.role.name}`;
    const repairs = isShippedBinding(binding.resource)
      ? []
      : [leaving(binding.resource, subject.path, subjectText(subject), binding.subjects.length)];
    const premise = { role: 'premise', cost: 0, evidence: [{ ...place, text }], repairs } as const;
    if (role < 0) {
      const { kind, name } = binding.role;
      if (kind === 'ClusterRole' && shipped.has(name)) graph.arc(holder, this.#shipped(name, scope), premise);
      else if (name !== 'view') graph.undecided('role-binding', `${text}, which is not there`);
      return;
    }
    const held = this.#scopes.get(role) ?? new Set<string>();
    this.#scopes.set(role, held.add(scope));
    graph.arc(holder, this.roleAt(role, scope), premise);
  }

  /** A role that every cluster has, where it was not read: what it gives is known. */
  #shipped(name: string, scope: string): number {
    const graph = this.#graph;
    const vertex = graph.vertex('role', scope, `ClusterRole ${name}`);
    const evidence = [{ text: `every cluster has the ClusterRole ${name}`, path: '' }];
    if (name === 'cluster-admin' && scope === '')
      graph.arc(vertex, graph.vertex('cluster-admin'), { edge: 'wildcard-admin', cost: 1, evidence });
    else graph.arc(vertex, this.addAdmin(scope), { edge: 'wildcard-admin', cost: 1, evidence });
    return vertex;
  }

  #crown(role: number, scope: string): void {
    const vertex = scope === '' ? this.#graph.vertex('cluster-admin') : this.addAdmin(scope);
    const rule = this.#roles[role]?.rules.find((candidate) => covers(candidate.rule, everything));
    if (rule === undefined) return;
    const evidence = [
      {
        resource: rule.source,
        path: `/rules/${rule.index}`,
        text: `${roleText(rule.source)}, rule ${rule.index + 1}: ${ruleText(rule.rule)}`,
      },
    ];
    this.#graph.arc(this.roleAt(role, scope), vertex, { edge: 'wildcard-admin', cost: 1, evidence });
  }

  #grant({ role, rules }: Giver, scope: string, right: Right, vertex: number): void {
    const evidence = rules.map(({ rule, source, index }) => ({
      resource: source,
      path: `/rules/${index}`,
      text: `${roleText(source)}, rule ${index + 1}: ${ruleText(rule)}`,
    }));
    const changes = rules.map(({ rule, source, index }) => (isShippedRole(source) ? undefined : narrowed(source, rule, index, right)));
    const written = [...new Set(rules.map(({ source }) => roleText(source)))].join(', ');
    const repairs: Repair[] = changes.every((change): change is Change => change !== undefined)
      ? [
          {
            id: `rule ${rules.map(({ source, index }) => `${roleText(source)} ${index}`).join()} ${right.text}`,
            text: `take ${givenText(
              right,
              rules.map(({ rule }) => rule),
            )} out of ${written}`,
            effort: 2,
            changes,
          },
        ]
      : [];
    this.#graph.arc(this.roleAt(role, scope), vertex, { role: 'premise', cost: 0, evidence, repairs });
  }
}

/** Roles of every cluster that give their holders what others have: edit may run pods as any account and read Secrets. */
const shipped = new Set(['cluster-admin', 'admin', 'edit']);

const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };

function leaving(binding: CompiledRole['resource'], path: string, subject: string, subjects: number): Repair {
  const alone = subjects === 1;
  return {
    id: `binding ${roleText(binding)} ${path}`,
    text: alone ? `delete ${roleText(binding)}` : `remove ${subject} from ${roleText(binding)}`,
    effort: 2,
    changes: [alone ? { kind: 'remove', resource: binding } : { kind: 'patch', resource: binding, patch: removing([path]) }],
  };
}

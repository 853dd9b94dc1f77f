// The grants of a cluster as a person reviews them: each subject of each binding with what it gives, when it was last used, what of it was
// never used, and whether other grants give the same. Without a log, use is unknown, not none.
// A grant is a duplicate where the others that stay give the same subject all of it, in the same place or everywhere; so all duplicates
// together can go. Rights through groups are not looked at: nobody knows who leaves a group tomorrow.

import { hash } from '../lib/hash.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { RecordedRequest } from './audit-requests.ts';
import { type Authorizer, authorizerOf, type CompiledRole, type Given } from './authorizer.ts';
import { isShippedBinding } from './bootstrap.ts';
import { mergeRules } from './compact.ts';
import { uncovered } from './covers.ts';
import { dangerousIn, gainsOf } from './dangerous.ts';
import { type PolicyRule, request, ruleAllowsSomeName } from './rules.ts';
import { subjectText } from './subjects.ts';
import { type Usage, usageKey, usageOf } from './usage.ts';

export type GrantState =
  /** Some of its rules were used, all of them, or none; `unknown`: there is no log. */
  | 'in use'
  | 'partly used'
  | 'unused'
  | 'unknown'
  /** Its role is not there. */
  | 'dangling';

export interface ReviewedGrant {
  /** The same for the same grant in every review. */
  readonly id: string;
  readonly given: Given;
  readonly role: CompiledRole | undefined;
  readonly state: GrantState;
  readonly usage: Usage | undefined;
  /** Rules in force that no recorded request needed, by their place; undefined without a log. */
  readonly unusedRules: readonly number[] | undefined;
  /** The least rules for what was asked; undefined without a log. */
  readonly needed: readonly PolicyRule[] | undefined;
  /** The bindings that give the same; empty where it is no duplicate. */
  readonly duplicateOf: readonly Given[];
  /** What its dangerous rights gain, each once. */
  readonly gains: readonly string[];
  /** Made by Kubernetes itself. */
  readonly shipped: boolean;
}

/** Reviews every grant. `recorded` undefined: there is no log. */
export function reviewGrants(snapshot: Snapshot, recorded: readonly RecordedRequest[] | undefined): readonly ReviewedGrant[] {
  const authorizer = authorizerOf(snapshot);
  const usage = recorded === undefined ? undefined : usageOf(snapshot, recorded);
  const duplicates = duplicatesIn(authorizer);
  const gains = gainsOfRoles(authorizer);
  return authorizer.given.map((given): ReviewedGrant => {
    const role = authorizer.roles[given.role];
    const used = usage?.get(usageKey(given.binding, given.index));
    const known = usage === undefined || role === undefined ? undefined : (used?.rules ?? new Set<number>());
    const unusedRules = known && role?.rules.map((_, index) => index).filter((index) => !known.has(index));
    return {
      id: hash(`${usageKey(given.binding, 0)} ${given.binding.role.kind} ${given.binding.role.name} ${subjectText(given.subject)}`).slice(
        0,
        12,
      ),
      given,
      role,
      state: stateOf(role, unusedRules),
      usage: used,
      unusedRules,
      needed: usage === undefined ? undefined : mergeRules(used?.asked ?? []),
      duplicateOf: duplicates.get(given) ?? [],
      gains: gains(given),
      shipped: isShippedBinding(given.binding.resource),
    };
  });
}

function stateOf(role: CompiledRole | undefined, unused: readonly number[] | undefined): GrantState {
  if (role === undefined) return 'dangling';
  if (unused === undefined) return 'unknown';
  if (unused.length === 0 && role.rules.length > 0) return 'in use';
  return unused.length === role.rules.length ? 'unused' : 'partly used';
}

/** What the dangerous rights of roles gain, in a namespace or in the whole cluster. */
function gainsOfRoles({ roles }: Authorizer): (given: Given) => readonly string[] {
  const known = [new Map<number, readonly string[]>(), new Map<number, readonly string[]>()] as const;
  return ({ role, binding: { namespace } }) => {
    const cache = known[namespace === '' ? 0 : 1];
    let gains = cache.get(role);
    if (gains === undefined) {
      const rules = roles[role]?.rules ?? [];
      const has = dangerousIn(namespace).filter(({ verb, apiGroup, resource }) =>
        rules.some(({ rule }) => ruleAllowsSomeName(rule, request(verb, apiGroup, resource))),
      );
      gains = gainsOf(has);
      cache.set(role, gains);
    }
    return gains;
  };
}

/** Roles with more than this are not compared: it would take longer than the answer is worth. */
const mostPieces = 5000;

/** The grants that others make superfluous, taken out one after the other so that what is left still gives everything. */
function duplicatesIn({ given, roles }: Authorizer): ReadonlyMap<Given, readonly Given[]> {
  const found = new Map<Given, readonly Given[]>();
  const bySubject = new Map<string, Given[]>();
  for (const one of given) {
    if (one.role < 0 || one.rows === undefined) continue;
    const key = subjectText(one.subject);
    const list = bySubject.get(key);
    if (list === undefined) bySubject.set(key, [one]);
    else list.push(one);
  }
  const sizes = roles.map(sizeOf);
  const rulesOf = (one: Given): readonly PolicyRule[] => roles[one.role]?.rules.map(({ rule }) => rule) ?? [];
  for (const list of bySubject.values()) {
    if (list.length < 2) continue;
    // The narrower goes first, so that a grant for the whole cluster stays and those inside of it go.
    for (const one of list.toSorted((a, b) => b.order - a.order || b.index - a.index)) {
      const own = rulesOf(one);
      const size = sizes[one.role] ?? 0;
      if (own.length === 0 || size > mostPieces) continue;
      const others = list.filter(
        (other) =>
          other !== one && !found.has(other) && (other.binding.namespace === '' || other.binding.namespace === one.binding.namespace),
      );
      const same = others.find((other) => other.role === one.role);
      if (same !== undefined) found.set(one, [same]);
      else {
        const single = others.find((other) => covers(rulesOf(other), own));
        if (single !== undefined) found.set(one, [single]);
        else if (others.length > 1 && covers(others.flatMap(rulesOf), own)) found.set(one, others);
      }
    }
  }
  return found;
}

function covers(held: readonly PolicyRule[], own: readonly PolicyRule[]): boolean {
  return held.length > 0 && own.every((rule) => uncovered(held, [rule]).length === 0);
}

function sizeOf({ rules }: CompiledRole): number {
  return rules.length > mostPieces ? rules.length : rules.reduce((sum, { rule }) => sum + sizeOfRule(rule), 0);
}

function sizeOfRule(rule: PolicyRule): number {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  return verbs.length * (apiGroups.length * resources.length * Math.max(1, resourceNames.length) + nonResourceURLs.length);
}

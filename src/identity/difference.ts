// Rights that change between two snapshots, as what each subject may do and not as texts: a role that is split, renamed or bound through
// another binding changes nothing. What only one side gives is told as rules, with the bindings behind them.
// Left out: rights through the groups of a user, which the group itself is told about; authorizers other than RBAC.

import { canonicalJson } from '../lib/json.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { authorizerOf, type Given } from './authorizer.ts';
import { mergeRules } from './compact.ts';
import { uncovered } from './covers.ts';
import { dangerousIn, gainsOf } from './dangerous.ts';
import { type PolicyRule, request, ruleAllows } from './rules.ts';
import { type Subject, subjectText } from './subjects.ts';

export interface ChangedGrant {
  readonly subject: Subject;
  /** Empty: in the whole cluster. */
  readonly namespace: string;
  /** What only one side gives. */
  readonly rules: readonly PolicyRule[];
  /** The grants of that side which give some of it. */
  readonly via: readonly Given[];
  /** What dangerous rights among them gain, each once. */
  readonly gains: readonly string[];
}

export interface GrantChanges {
  readonly added: readonly ChangedGrant[];
  readonly removed: readonly ChangedGrant[];
  /** Subjects whose rights were too many to compare rule by rule. */
  readonly notCompared: readonly Subject[];
}

/** What a subject has in one place, with the rules of the whole cluster beside those of a namespace. */
interface Place {
  readonly subject: Subject;
  readonly namespace: string;
  readonly given: readonly Given[];
  readonly own: readonly PolicyRule[];
}

/** Single rights of one side times rules of the other: more are not compared. */
const mostComparisons = 20_000_000;

/** Compares what both sides grant. */
export function grantChanges(base: Snapshot, head: Snapshot): GrantChanges {
  const [before, after] = [placesOf(base), placesOf(head)];
  const notCompared = new Map<string, Subject>();
  const only = (from: ReadonlyMap<string, Place>, other: ReadonlyMap<string, Place>): readonly ChangedGrant[] =>
    [...from.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, place]) => {
        const across = other.get(key);
        if (across !== undefined && sameRules(place.own, across.own)) return [];
        const held = [...(across?.own ?? []), ...(place.namespace === '' ? [] : (other.get(keyOf(place.subject, ''))?.own ?? []))];
        const changed = withoutSame(place.own, held);
        if (held.length > 0 && changed.reduce((sum, rule) => sum + countOf(rule), 0) * held.length > mostComparisons) {
          notCompared.set(subjectText(place.subject), place.subject);
          return [];
        }
        const gained = held.length === 0 ? place.own : uncovered(held, changed);
        if (gained.length === 0) return [];
        const rules = mergeRules(gained);
        return [{ subject: place.subject, namespace: place.namespace, rules, via: place.given, gains: gainsIn(place.namespace, gained) }];
      });
  const [added, removed] = [only(after, before), only(before, after)];
  return { added, removed, notCompared: [...notCompared.values()] };
}

function keyOf(subject: Subject, namespace: string): string {
  return `${subjectText(subject)}\n${namespace}`;
}

function placesOf(snapshot: Snapshot): ReadonlyMap<string, Place> {
  const { given, roles } = authorizerOf(snapshot);
  const places = new Map<string, { subject: Subject; namespace: string; given: Given[]; own: PolicyRule[] }>();
  for (const one of given) {
    if (one.role < 0 || one.rows === undefined) continue;
    const { namespace } = one.binding;
    const key = keyOf(one.subject, namespace);
    const place = places.get(key) ?? { subject: one.subject, namespace, given: [], own: [] };
    place.given.push(one);
    for (const { rule } of roles[one.role]?.rules ?? []) place.own.push(rule);
    places.set(key, place);
  }
  return places;
}

/** Rules that say the same in any order: nearly every subject of two snapshots. */
function sameRules(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  if (a.length !== b.length) return false;
  const left = a.map(textOf).sort();
  const right = b.map(textOf).sort();
  return left.every((text, index) => text === right[index]);
}

/** The rules that the other side does not hold word for word. */
function withoutSame(rules: readonly PolicyRule[], held: readonly PolicyRule[]): readonly PolicyRule[] {
  const same = new Set(held.map(textOf));
  return rules.filter((rule) => !same.has(textOf(rule)));
}

const texts = new WeakMap<PolicyRule, string>();

/** The rule as text; many subjects have the same rules. */
function textOf(rule: PolicyRule): string {
  let text = texts.get(rule);
  if (text === undefined) {
    text = canonicalJson(rule);
    texts.set(rule, text);
  }
  return text;
}

function countOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): number {
  return verbs.length * (apiGroups.length * resources.length * Math.max(1, resourceNames.length) + nonResourceURLs.length);
}

function gainsIn(namespace: string, rules: readonly PolicyRule[]): readonly string[] {
  const has = dangerousIn(namespace).filter(({ verb, apiGroup, resource }) =>
    rules.some((rule) => ruleAllows(rule, request(verb, apiGroup, resource))),
  );
  return gainsOf(has);
}

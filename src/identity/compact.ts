// Fewer rules that grant the same. Kubernetes merges rules for exactly one group and one resource, with at most one name, by their verbs
// and leaves all others alone (pkg/registry/rbac/validation/policy_compact.go, 1.36); the messages of its escalation check are made of
// such rules. `mergeRules` goes on from there for roles that are generated: names, then resources of equal verbs share a rule.

import type { PolicyRule } from './rules.ts';

/** True where the rule can be merged with others by verb: one group, one resource, at most one name, no URLs. */
export function isSimpleRule(rule: PolicyRule): boolean {
  return rule.resourceNames.length <= 1 && rule.apiGroups.length === 1 && rule.resources.length === 1 && rule.nonResourceURLs.length === 0;
}

/** The rules with simple ones of the same group, resource and name merged, in the order they first come. */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const merged: PolicyRule[] = [];
  const places = new Map<string, number>();
  for (const rule of rules) {
    const key = isSimpleRule(rule) ? JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]) : undefined;
    const place = key === undefined ? undefined : places.get(key);
    const known = place === undefined ? undefined : merged[place];
    if (place === undefined || known === undefined) {
      if (key !== undefined) places.set(key, merged.length);
      merged.push(rule);
    } else merged[place] = { ...known, verbs: [...known.verbs, ...rule.verbs] };
  }
  return merged;
}

/**
 * The rules with fewer of them and the same grants: verbs, then names, then resources, then groups that differ alone are put together.
 * `get pods`, `list pods`, `get secrets`, `list secrets` become one rule.
 */
export function mergeRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const tidy = rules.map((rule) => ({
    verbs: distinct(rule.verbs),
    apiGroups: distinct(rule.apiGroups),
    resources: distinct(rule.resources),
    resourceNames: distinct(rule.resourceNames),
    nonResourceURLs: distinct(rule.nonResourceURLs),
  }));
  const fields = ['verbs', 'resourceNames', 'resources', 'apiGroups', 'nonResourceURLs'] as const;
  return fields.reduce((list, field) => mergeBy(list, field), tidy as readonly PolicyRule[]);
}

/** Merges rules that differ in one field alone. A rule for every name takes no names in, and one for none of a kind stays so. */
function mergeBy(rules: readonly PolicyRule[], field: keyof PolicyRule): readonly PolicyRule[] {
  const groups = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify([{ ...rule, [field]: [] }, rule[field].length === 0]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? rule : { ...known, [field]: distinct([...known[field], ...rule[field]]) });
  }
  return [...groups.values()];
}

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

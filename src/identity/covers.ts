// Do some rules hold at least what others give? The comparison behind the check that nobody grants what they do not have
// (k8s.io/component-helpers auth/rbac/validation, 1.36): the other rules are broken down to one verb, group, resource and name each, and
// some single rule of the holder must cover each piece. So `*` is only covered by `*`, and names only by the same names or none.

import { withoutEnd } from '../lib/text.ts';
import type { PolicyRule } from './rules.ts';

/** The pieces of `wanted` that no rule of `held` covers; empty where all are covered. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(pieces).filter((piece) => !held.some((rule) => ruleCovers(rule, piece)));
}

/** A rule as rules of one verb, group, resource and name each, and of one verb and URL each. */
export function pieces(rule: PolicyRule): readonly PolicyRule[] {
  const made: PolicyRule[] = [];
  for (const apiGroup of rule.apiGroups)
    for (const resource of rule.resources)
      for (const verb of rule.verbs) {
        const piece = { verbs: [verb], apiGroups: [apiGroup], resources: [resource], nonResourceURLs: [] };
        if (rule.resourceNames.length === 0) made.push({ ...piece, resourceNames: [] });
        else for (const name of rule.resourceNames) made.push({ ...piece, resourceNames: [name] });
      }
  for (const url of rule.nonResourceURLs)
    for (const verb of rule.verbs) made.push({ verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url] });
  return made;
}

function ruleCovers(held: PolicyRule, piece: PolicyRule): boolean {
  return (
    hasAll(held.verbs, piece.verbs) &&
    hasAll(held.apiGroups, piece.apiGroups) &&
    piece.resources.every((resource) => hasResource(held.resources, resource)) &&
    (held.resourceNames.length === 0 ||
      (piece.resourceNames.length > 0 && piece.resourceNames.every((name) => held.resourceNames.includes(name)))) &&
    piece.nonResourceURLs.every((url) => hasUrl(held.nonResourceURLs, url))
  );
}

function hasAll(held: readonly string[], wanted: readonly string[]): boolean {
  return held.includes('*') || wanted.every((word) => held.includes(word));
}

function hasResource(held: readonly string[], wanted: string): boolean {
  if (held.includes('*') || held.includes(wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash >= 0 && held.includes(`*${wanted.slice(slash)}`);
}

function hasUrl(held: readonly string[], wanted: string): boolean {
  return held.some((own) => own === wanted || (own.endsWith('*') && wanted.startsWith(withoutEnd(own, '*'))));
}

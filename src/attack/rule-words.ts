// Rules of roles in words, and the smallest patch of a rule that gives a right up.

import { type PolicyRule, resourceEntryMatches, ruleAllowsSomeName } from '../identity/rules.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Change } from './repair.ts';
import { removing } from './repair.ts';
import type { Right } from './right.ts';

export type { PolicyRule } from '../identity/rules.ts';

/** `ClusterRole admin`, `RoleBinding shop/web`. */
export function roleText({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** `get,list secrets (only db)`. */
export function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const groups = apiGroups.filter((group) => group !== '').join(',');
  const what = [...resources.map((resource) => (groups === '' ? resource : `${resource}.${groups}`)), ...nonResourceURLs].join(' ');
  return `${verbs.join(',')} ${what}${resourceNames.length === 0 ? '' : ` (only ${resourceNames.join(', ')})`}`;
}

/** True where one rule without names has every verb, group and resource of another. */
export function covers(rule: PolicyRule, other: PolicyRule): boolean {
  const has = (own: readonly string[], wanted: readonly string[]) => own.includes('*') || wanted.every((word) => own.includes(word));
  return (
    rule.resourceNames.length === 0 && rule.verbs.includes('*') && has(rule.apiGroups, other.apiGroups) && rule.resources.includes('*')
  );
}

/** What takes the right out of the rule; undefined where a wildcard gives it, for which something else would have to be written. */
export function narrowed(source: Resource, rule: PolicyRule, index: number, right: Right): Change | undefined {
  const asked = right.atoms.filter(
    ({ wanted }) =>
      (rule.verbs.includes(wanted.verb) || rule.verbs.includes('*')) &&
      (rule.apiGroups.includes(wanted.apiGroup) || rule.apiGroups.includes('*')),
  );
  const verbs = new Set(asked.map(({ wanted }) => wanted.verb));
  const hit = (entry: string) => asked.some(({ wanted }) => resourceEntryMatches(entry, wanted.resource, wanted.subresource));
  const entries = rule.resources.filter(hit);
  const at = (key: string, words: readonly string[], gone: (word: string) => boolean) =>
    words.flatMap((word, place) => (gone(word) ? [`/rules/${index}/${key}/${place}`] : []));
  const patch = (paths: readonly string[]): Change => ({ kind: 'patch', resource: source, patch: removing(paths) });
  if (entries.length < rule.resources.length && !entries.some((entry) => entry.startsWith('*')))
    return patch(at('resources', rule.resources, hit));
  if (verbs.size < rule.verbs.length && !rule.verbs.includes('*')) return patch(at('verbs', rule.verbs, (verb) => verbs.has(verb)));
  if (rule.resources.length === entries.length && !entries.some((entry) => entry.startsWith('*'))) return patch([`/rules/${index}`]);
  return undefined;
}

/** What of a right these rules give: `list,watch secrets`. */
export function givenText(right: Right, rules: readonly PolicyRule[]): string {
  const given = right.atoms.filter(({ wanted }) => rules.some((rule) => ruleAllowsSomeName(rule, wanted)));
  const what = Map.groupBy(given, ({ wanted }) => `${wanted.resource}${wanted.subresource === '' ? '' : `/${wanted.subresource}`}`);
  return [...what]
    .map(([resource, atoms]) => `${[...new Set(atoms.map(({ wanted }) => wanted.verb))].join(',')} ${resource}`)
    .join(' and ');
}

// The rights that reading needs, as the rules a cluster administrator would add. What is missing is known from the refusals themselves:
// they are exact whatever authorizes, cost no further requests, and cannot disagree with the reading.

import { type ResourceType, resourceName } from './discovery.ts';

/** Rules that allow reading `types`, one line a group, as a manifest that can be applied. With a namespace a Role, else a ClusterRole. */
export function readerRole(types: readonly ResourceType[], namespace?: string): string {
  const byGroup = new Map<string, string[]>();
  for (const { group, resource } of types) byGroup.set(group, [...(byGroup.get(group) ?? []), resource]);
  const rules = [...byGroup.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => `  - {apiGroups: ["${group}"], resources: [${resources.sort().join(', ')}], verbs: [get, list, watch]}`);
  const scope =
    namespace === undefined
      ? 'kind: ClusterRole\nmetadata: {name: cofferdam-reader}'
      : `kind: Role\nmetadata: {name: cofferdam-reader, namespace: ${namespace}}`;
  return `apiVersion: rbac.authorization.k8s.io/v1\n${scope}\nrules:\n${rules.join('\n')}\n`;
}

/** The first few resources by name, and how many more. */
export function namedTypes(types: readonly ResourceType[], shown = 8): string {
  const names = types.map(resourceName).sort();
  return names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}

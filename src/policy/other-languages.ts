// Policies of engines that are not run here: Kyverno, Gatekeeper, Kubewarden. Whoever hands them over must hear that they judge nothing;
// passed over in silence they would look like policies that everything meets.

import { groupVersion, type KubeObject, nameOf } from '../kube/object.ts';

const engines: Readonly<Record<string, readonly [engine: string, kinds: RegExp]>> = {
  'kyverno.io': ['Kyverno', /^(?:Cluster)?Policy$/],
  'policies.kyverno.io': ['Kyverno', /Policy$/],
  'templates.gatekeeper.sh': ['Gatekeeper', /^ConstraintTemplate$/],
  'constraints.gatekeeper.sh': ['Gatekeeper', /./],
  'mutations.gatekeeper.sh': ['Gatekeeper', /./],
  'policies.kubewarden.io': ['Kubewarden', /Policy(?:Group)?$/],
};

/** What a policy of another engine is called, `ClusterPolicy require-labels of Kyverno`; undefined for everything else. */
export function foreignPolicy(object: KubeObject): string | undefined {
  const { group } = groupVersion(object.apiVersion);
  const known = Object.hasOwn(engines, group) ? engines[group] : undefined;
  return known?.[1].test(object.kind) === true ? `${object.kind} ${nameOf(object)} of ${known[0]}` : undefined;
}

/** One sentence about all of them; undefined where there are none. */
export function foreignPoliciesText(objects: readonly KubeObject[]): string | undefined {
  const found = objects.flatMap((object) => foreignPolicy(object) ?? []);
  if (found.length === 0) return undefined;
  const shown = found.slice(0, 5).join(', ');
  return `policies of engines that are not run here, and so judging nothing: ${shown}${found.length > 5 ? ` and ${found.length - 5} more` : ''}`;
}

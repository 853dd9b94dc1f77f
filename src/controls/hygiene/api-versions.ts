// What the API version controls share: which objects they look at, and the patch that writes a version that is served, where the object is
// already valid under it.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import { schemasOf } from '../../kube/schema/load.ts';
import type { Release } from '../../kube/schema/release.ts';
import { violations } from '../../kube/schema/validate.ts';
import { type ApiLifecycle, lifecycleOf } from '../../kube/version/deprecations.ts';
import { stabilityOf } from '../../kube/version/version.ts';
import { dig, isObject } from '../../lib/json.ts';
import { newestKnownVersion, type Resource } from '../../snapshot/snapshot.ts';
import type { Target } from '../control.ts';

/** Every object, none of them read: kind and version are known without. */
export const everyResource: Target<Resource> = {
  description: 'every object of a built-in kind',
  *subjects(snapshot) {
    for (const resource of snapshot.resources) yield { resource, subject: resource };
  },
};

/** `use networking.k8s.io/v1 Ingress instead`, or that there is nothing to use. */
export function advice({ kind, replacement, replacementKind }: ApiLifecycle): string {
  return replacement === undefined ? 'there is no replacement' : `use ${replacement} ${replacementKind ?? kind}`;
}

/**
 * Writes the version that is served, where the object has the form that it wants. Not for kinds whose fields changed their meaning: the empty
 * selector of a PodDisruptionBudget selects nothing in v1beta1 and everything in v1.
 */
export function servedVersion(object: KubeObject): JsonPatch | undefined {
  const release = schemasOf(newestKnownVersion);
  if (release === undefined) return undefined;
  const lifecycle = lifecycleOf(object.apiVersion, object.kind);
  if (lifecycle?.replacementKind !== undefined) return undefined;
  const selector = dig(object, 'spec', 'selector');
  if (object.kind === 'PodDisruptionBudget' && (!isObject(selector) || Object.keys(selector).length === 0)) return undefined;
  const apiVersion = lifecycle === undefined ? onlyVersion(object, release) : lifecycle.replacement;
  if (apiVersion === undefined || violations({ ...object, apiVersion }, release)?.length !== 0) return undefined;
  return [{ op: 'replace', path: '/apiVersion', value: apiVersion }];
}

/** The stable version of the one group that has such a kind. */
function onlyVersion({ kind }: KubeObject, release: Release): string | undefined {
  const found = release.apiVersions.filter(
    (apiVersion) => stabilityOf(apiVersion) === 'stable' && release.resourceOf(apiVersion, kind) !== undefined,
  );
  return found.length === 1 ? found[0] : undefined;
}

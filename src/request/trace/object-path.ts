// Where requests about an object go: the collection of its kind, as the release or a definition serves it.

import { groupVersion, type KubeObject } from '../../kube/object.ts';
import type { Release } from '../../kube/schema/release.ts';
import { customKind } from '../../kube/schema/structural.ts';
import { definitions, type State } from '../store/state.ts';

export interface Collection {
  /** `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** False where neither the release nor a definition has the kind, and the resource is a guess. */
  readonly known: boolean;
}

/** The collection of an object's kind, as the release or a definition in `state` has it. */
export function collectionOf({ apiVersion, kind }: KubeObject, release: Release, state: State): Collection {
  const served = release.resourceOf(apiVersion, kind);
  if (served !== undefined) return { resource: served.name, namespaced: served.namespaced, known: true };
  const { group } = groupVersion(apiVersion);
  for (const definition of state.list(definitions)) {
    const custom = customKind(definition);
    if (custom?.group === group && custom.kind === kind) return { resource: custom.plural, namespaced: custom.namespaced, known: true };
  }
  return { resource: pluralOf(kind), namespaced: false, known: false };
}

/** `pathOf('apps/v1', { resource: 'deployments', namespaced: true, known: true }, 'shop')` is `'/apis/apps/v1/namespaces/shop/deployments'`. */
export function pathOf(apiVersion: string, { resource, namespaced }: Collection, namespace: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

/** As English makes it: `pluralOf('Policy')` is `'policies'`. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (/(?:s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

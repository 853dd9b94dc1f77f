// Ids and labels of things that several maps show, so that they are the same thing in each.

import type { Resource } from '../../snapshot/snapshot.ts';

export function idOf({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`;
}

/** `shop/web`, or the name alone where there is no namespace. */
export function labelOf({ namespace, name }: Pick<Resource, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

// Warnings that every request to a deprecated API version gets.

import type { ServedResource } from './catalog.ts';

export function deprecationsOf({ custom, group, resource }: ServedResource): readonly string[] {
  if (custom !== undefined) return custom.version.deprecation === undefined ? [] : [custom.version.deprecation];
  if (group === '' && resource === 'componentstatuses') return ['v1 ComponentStatus is deprecated in v1.19+'];
  if (group === '' && resource === 'endpoints') return ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'];
  return [];
}

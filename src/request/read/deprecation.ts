// Warnings that every request to a deprecated API version gets.

import { compareApiVersions } from '../../kube/version/version.ts';
import { asString, field, type Json } from '../../lib/json.ts';
import type { ServedResource } from './catalog.ts';

export function deprecationsOf({ custom, group, resource }: ServedResource): readonly string[] {
  if (custom !== undefined) return custom.version.deprecation === undefined ? [] : [custom.version.deprecation];
  if (group === '' && resource === 'componentstatuses') return ['v1 ComponentStatus is deprecated in v1.19+'];
  if (group === '' && resource === 'endpoints') return ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'];
  return [];
}

/** What the server warns of at a version of a custom kind; undefined where the version is not deprecated. */
export function versionDeprecation(group: string, kind: string, version: Json | undefined, versions: readonly Json[]): string | undefined {
  if (field(version, 'deprecated') !== true) return undefined;
  const own = asString(field(version, 'deprecationWarning'));
  if (own !== undefined) return own;
  const name = asString(field(version, 'name')) ?? '';
  const newer = versions
    .filter((each) => field(each, 'served') !== false && field(each, 'deprecated') !== true)
    .map((each) => asString(field(each, 'name')) ?? '')
    .filter((each) => compareApiVersions(name, each) < 0)
    .sort((a, b) => compareApiVersions(b, a))[0];
  const instead = newer === undefined ? '' : `; use ${group}/${newer} ${kind}`;
  return `${group}/${name} ${kind} is deprecated${instead}`;
}

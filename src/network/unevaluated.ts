// What is not known because policies of kinds that are not evaluated may decide it. Such a policy may open or close anything for the pods of
// its scope, so that every answer about them is unknown, whatever the other policies say.

import type { Resource } from '../snapshot/snapshot.ts';
import type { Party } from './connectivity.ts';
import type { Network } from './network.ts';
import { scopeOf } from './policies.ts';

/** The policies that may decide about a connection and are not evaluated; none where the answer stands. */
export function undecidedBy(
  { unevaluated }: Network,
  parties: readonly (Party | { readonly namespace: string | undefined })[],
): readonly Resource[] {
  if (unevaluated.length === 0) return [];
  const namespaces = parties.map(namespaceOf);
  return unevaluated.filter((resource) => {
    const scope = scopeOf(resource);
    return scope === undefined ? namespaces.some((namespace) => namespace !== undefined) : namespaces.includes(scope);
  });
}

function namespaceOf(party: Party | { readonly namespace: string | undefined }): string | undefined {
  if (!('kind' in party)) return party.namespace;
  return party.kind === 'workload' ? party.workload.namespace : undefined;
}

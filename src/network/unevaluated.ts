// What is not known because policies of kinds that are not evaluated may decide it. Such a policy may open or close anything for the pods of
// its scope, so that every answer about them is unknown, whatever the other policies say.

import type { Resource } from '../snapshot/snapshot.ts';
import type { Party } from './connectivity.ts';
import type { Network } from './network.ts';
import { scopeOf } from './policies.ts';

/** A workload, or anything else that is in a namespace or in none. */
interface Placed {
  readonly namespace: string | undefined;
}

/** The policies that may decide about a connection and are not evaluated; none where the answer stands. */
export function undecidedBy({ unevaluated }: Network, parties: readonly (Party | Placed)[]): readonly Resource[] {
  if (unevaluated.length === 0) return [];
  const namespaces = parties.map(namespaceOf);
  return unevaluated.filter((resource) => {
    const scope = scopeOf(resource);
    return scope === undefined ? namespaces.some((namespace) => namespace !== undefined) : namespaces.includes(scope);
  });
}

function namespaceOf(party: Party | Placed): string | undefined {
  if ('workload' in party) return party.workload.namespace;
  return 'namespace' in party ? party.namespace : undefined;
}

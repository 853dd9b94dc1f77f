// Owner references that an object states twice: the server keeps one of each and says so (k8s.io/apiserver/pkg/endpoints/handlers/create.go,
// dedupOwnerReferencesAndAddWarning, 1.36).

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asString, field, type Json, sameJson } from '../../lib/json.ts';
import { metadataOf } from '../strategy/strategy.ts';

const advice =
  'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed';

/** Drops repeated owner references, in place. `when`: before or after mutating admission. */
export function dropRepeatedOwners(object: Struct, warnings: string[], when: 'before' | 'after'): void {
  const metadata = metadataOf(object);
  const { ownerReferences } = metadata;
  if (!Array.isArray(ownerReferences) || ownerReferences.length < 2) return;
  const kept: Json[] = [];
  const repeated: string[] = [];
  for (const reference of ownerReferences as readonly Json[])
    if (kept.some((each) => sameJson(each, reference))) repeated.push(asString(field(reference, 'uid')) ?? '');
    else kept.push(reference);
  if (repeated.length === 0) return;
  metadata.ownerReferences = kept;
  const what = when === 'before' ? 'duplicate entries' : 'duplicate entries after mutating admission happens';
  warnings.push(`.metadata.ownerReferences contains ${what}; ${advice}: ${repeated.join(', ')}`);
}

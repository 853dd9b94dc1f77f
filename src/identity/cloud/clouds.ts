// All clouds at once, and what their authorizers add to an answer of RBAC.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { RequestAttributes } from '../rules.ts';
import type { Subject } from '../subjects.ts';
import { aksIdentities } from './aks.ts';
import { eksIdentities } from './eks.ts';
import { gkeIdentities } from './gke.ts';
import { type CloudIdentities, type CloudRight, type Inbound, standsFor } from './identities.ts';

/** Everything the snapshot and the exports say about identities of clouds. */
export function cloudIdentities(snapshot: Snapshot, exports: readonly unknown[]): CloudIdentities {
  const each = [eksIdentities(snapshot, exports), aksIdentities(snapshot, exports), gkeIdentities(snapshot, exports)];
  return {
    inbound: each.flatMap(({ inbound }) => inbound),
    outbound: each.flatMap(({ outbound }) => outbound),
    unknown: each.flatMap(({ unknown }) => unknown),
    problems: each.flatMap(({ problems }) => problems),
  };
}

/** The principals that are, or may be, this subject of a binding. */
export function principalsOf({ inbound }: CloudIdentities, subject: Subject): readonly Inbound[] {
  return inbound.filter((one) => standsFor(one, subject));
}

export interface BesideRbac {
  readonly principal: Inbound;
  readonly right: CloudRight;
  /** `unknown`: the cloud documents the right in words only. */
  readonly allows: 'yes' | 'unknown';
}

/** The principals that the cloud's own authorizer lets do it, or may. */
export function besideRbac({ inbound }: CloudIdentities, wanted: RequestAttributes): readonly BesideRbac[] {
  return inbound.flatMap((principal) =>
    principal.rights.flatMap((right): readonly BesideRbac[] => {
      const inside = right.namespaces === undefined || (wanted.namespace !== '' && right.namespaces.includes(wanted.namespace));
      if (!inside) return [];
      if (right.gives === 'everything') return [{ principal, right, allows: 'yes' }];
      if (right.gives === 'unknown') return [{ principal, right, allows: 'unknown' }];
      return ['get', 'list', 'watch'].includes(wanted.verb) ? [{ principal, right, allows: 'yes' }] : [];
    }),
  );
}

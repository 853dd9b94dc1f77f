// Who can do it: every subject that some binding gives the permission, with all grants behind it. Groups are named, not their members,
// whom only the authenticators know. system:masters can do everything and is no grant, so it stands apart.

import type { Snapshot } from '../snapshot/snapshot.ts';
import { privilegedGroup, type Via, viaOf } from './access-review.ts';
import { type Authorizer, authorizerOf, type Given, permissionOf, roleGives } from './authorizer.ts';
import type { RequestAttributes } from './rules.ts';
import { type Subject, subjectText } from './subjects.ts';

export interface Holder {
  readonly subject: Subject;
  /** In the order of the bindings. */
  readonly via: readonly Via[];
}

export interface WhoCan {
  readonly holders: readonly Holder[];
  /** Bindings whose role is not in the snapshot: their subjects may be able to, too. */
  readonly unknown: readonly Given[];
}

/** The group that is always able to. */
export const masters: Subject = { kind: 'Group', name: privilegedGroup, namespace: '' };

/**
 * The subjects that can, in the order of the bindings. `anywhere` takes grants of every namespace in; otherwise only those count that hold
 * where the request goes.
 */
export function whoCan(snapshot: Snapshot, wanted: RequestAttributes, anywhere = false): WhoCan {
  const authorizer = authorizerOf(snapshot);
  const holds = ({ binding: { namespace } }: Given) =>
    namespace === '' || (anywhere && wanted.path === '') || namespace === wanted.namespace;
  const holders = new Map<string, { subject: Subject; via: Via[] }>();
  for (const given of holdersOf(authorizer, wanted)) {
    if (!holds(given)) continue;
    const [via] = viaOf(authorizer, given, wanted);
    if (via === undefined) continue;
    const key = subjectText(given.subject);
    const known = holders.get(key);
    if (known === undefined) holders.set(key, { subject: given.subject, via: [via] });
    else if (known.via.at(-1)?.binding !== given.binding || known.via.at(-1)?.role !== via.role) known.via.push(via);
  }
  const unknown = authorizer.given.filter((given) => given.role < 0 && holds(given));
  return { holders: [...holders.values()], unknown };
}

/** Everything given that gives the permission, in the order of the bindings, wherever it holds. */
export function holdersOf(authorizer: Authorizer, wanted: RequestAttributes): readonly Given[] {
  const permission = permissionOf(authorizer, wanted);
  const found: Given[] = [];
  for (const [role, given] of authorizer.givenRole.entries())
    if (roleGives(permission, role, wanted.name)) for (const one of given) found.push(one);
  return found.sort((a, b) => a.order - b.order || a.index - b.index);
}

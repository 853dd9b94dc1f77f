// Who can do it: every subject that some binding gives the permission, with all grants behind it. Groups are named, not their members,
// whom only the authenticators know. system:masters can do everything and is no grant, so it stands apart.

import type { Snapshot } from '../snapshot/snapshot.ts';
import { privilegedGroup, type Via } from './access-review.ts';
import { type Authorizer, authorizerOf, type Given, permissionOf, type Rows, roleGives, ruleThatAllows } from './authorizer.ts';
import type { RequestAttributes } from './rules.ts';
import type { Subject } from './subjects.ts';

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
  const rules = rulesBehind(authorizer, wanted);
  const known = new Map<Rows, Holding>();
  const spelledOtherwise = new Map<Rows, Holding>();
  const holders: Holding[] = [];
  const { given: all, givenRoles } = authorizer;
  for (let at = 0; at < givenRoles.length; at++) {
    const behind = rules[givenRoles[at] ?? -1];
    if (behind === undefined) continue;
    const given = all[at];
    if (given?.rows === undefined || !holds(given)) continue;
    const first = known.get(given.rows);
    const byKind = first === undefined || first.subject.kind === given.subject.kind ? known : spelledOtherwise;
    let holder = byKind.get(given.rows);
    if (holder === undefined) {
      holder = { subject: given.subject, via: [] };
      byKind.set(given.rows, holder);
      holders.push(holder);
    }
    const last = holder.via[holder.via.length - 1];
    if (last?.binding === given.binding && last.role === behind.role) continue;
    holder.via.push({ binding: given.binding, subject: given.subject, role: behind.role, rule: behind.rule });
  }
  const unknown = authorizer.given.filter((given) => given.role < 0 && holds(given));
  return { holders, unknown };
}

interface Holding {
  readonly subject: Subject;
  readonly via: Via[];
}

/** By role number: the role and its first rule that allows the request, for roles that do. */
function rulesBehind(authorizer: Authorizer, wanted: RequestAttributes): readonly (Pick<Via, 'role' | 'rule'> | undefined)[] {
  const permission = permissionOf(authorizer, wanted);
  return authorizer.roles.map((role, number) => {
    const rule = roleGives(permission, number, wanted.name) ? ruleThatAllows(role, wanted) : undefined;
    return rule === undefined ? undefined : { role: role.resource, rule };
  });
}

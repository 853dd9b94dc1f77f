// Who can do it: every subject that some binding gives the permission, with all grants behind it. Groups are named, not their members,
// whom only the authenticators know. system:masters can do everything and is no grant, so it stands apart.
// Left out: kubelets, whom the Node authorizer gives what the pods of their node need; `access-review.ts` answers for one of them.

import { dig } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { privilegedGroup, type Via } from './access-review.ts';
import { type Authorizer, authorizerOf, type Given, permissionOf, roleGives, ruleThatAllows } from './authorizer.ts';
import { isAskedInNamespace, isBuiltInGroup } from './resources.ts';
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
 * The subjects that can, in the order of the bindings. `anywhere` takes grants of every namespace in, where the request can be in one;
 * otherwise only those count that hold where the request goes.
 */
export function whoCan(snapshot: Snapshot, wanted: RequestAttributes, anywhere = false): WhoCan {
  const authorizer = authorizerOf(snapshot);
  const everywhere = anywhere && mayBeInNamespace(snapshot, wanted);
  const holds = ({ binding: { namespace } }: Given) => everywhere || namespace === '' || namespace === wanted.namespace;
  const rules = rulesBehind(authorizer, wanted);
  const holders: Holding[] = [];
  const { given: all, givenRoles, givenSubjects, subjectCount, dangling } = authorizer;
  /** Place among the holders, from 1. */
  const places = new Int32Array(subjectCount);
  for (let at = 0; at < givenRoles.length; at++) {
    const behind = rules[givenRoles[at] ?? -1];
    if (behind === undefined) continue;
    const number = givenSubjects[at] ?? -1;
    const given = all[at];
    if (number < 0 || given === undefined || !holds(given)) continue;
    const { binding, subject } = given;
    const place = places[number] ?? 0;
    if (place === 0) {
      places[number] = holders.push({ subject, via: [{ binding, subject, role: behind.role, rule: behind.rule }] });
      continue;
    }
    const holder = holders[place - 1];
    const last = holder?.via[holder.via.length - 1];
    if (holder === undefined || (last?.binding === binding && last.role === behind.role)) continue;
    const via: Via = { binding, subject, role: behind.role, rule: behind.rule };
    // An array that grows makes room for many; most holders have two or three.
    if (holder.via.length < 4) holder.via = [...holder.via, via];
    else holder.via.push(via);
  }
  return { holders, unknown: dangling.filter(holds) };
}

/** True where some namespace may be what the request is about: RoleBindings give nothing on what is of the whole cluster. */
export function mayBeInNamespace(snapshot: Snapshot, { verb, apiGroup, resource, subresource }: RequestAttributes): boolean {
  if (resource === '') return false;
  if (isBuiltInGroup(apiGroup)) return isAskedInNamespace(verb, apiGroup, subresource === '' ? resource : `${resource}/${subresource}`);
  const definitions = ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition');
  const own = definitions.find(({ name }) => name === `${resource}.${apiGroup}`);
  return dig(own?.object, 'spec', 'scope') !== 'Cluster';
}

interface Holding {
  readonly subject: Subject;
  via: Via[];
}

/** By role number: the role and its first rule that allows the request, for roles that do. */
function rulesBehind(authorizer: Authorizer, wanted: RequestAttributes): readonly (Pick<Via, 'role' | 'rule'> | undefined)[] {
  const permission = permissionOf(authorizer, wanted);
  return authorizer.roles.map((role, number) => {
    const rule = roleGives(permission, number, wanted.name) ? ruleThatAllows(role, wanted) : undefined;
    return rule === undefined ? undefined : { role: role.resource, rule };
  });
}

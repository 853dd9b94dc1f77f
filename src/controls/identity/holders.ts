// Who holds the rules of a role, in words and as evidence: the bindings that give it, directly or through a ClusterRole that aggregates it.

import { copyNear, firstCopy } from '../../identity/copies.ts';
import { type Grant, grantsFrom } from '../../identity/grants.ts';
import { subjectText } from '../../identity/subjects.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Evidence } from '../control.ts';

export interface Holders {
  /** `granted to Group dev in namespace shop`, `nobody is bound to it here`. */
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

const shownSubjects = 3;
const shownGrants = 3;

const texts = new WeakMap<Snapshot, Map<Resource, string>>();

/** The holders of a role's rules. Several definitions of one role or binding count once. */
export function heldBy(snapshot: Snapshot, role: Resource): Holders {
  const grants = grantsFrom(snapshot, role);
  return {
    text: textOf(snapshot, role, grants),
    evidence: grants
      .filter((grant) => grant.binding.subjects.length > 0)
      .slice(0, shownGrants)
      .flatMap((grant) => proof(snapshot, grant, role)),
  };
}

function textOf(snapshot: Snapshot, role: Resource, grants: readonly Grant[]): string {
  const known = texts.get(snapshot) ?? new Map<Resource, string>();
  texts.set(snapshot, known);
  const first = firstCopy(snapshot, role);
  let text = known.get(first);
  if (text === undefined) {
    const byScope = new Map<string, Set<string>>();
    for (const grant of grants) {
      const subjects = byScope.get(scopeText(grant)) ?? new Set();
      byScope.set(scopeText(grant), subjects);
      for (const subject of grant.binding.subjects) subjects.add(subjectText(subject));
    }
    const parts = [...byScope].filter(([, subjects]) => subjects.size > 0).map(([scope, subjects]) => `${listed([...subjects])}${scope}`);
    text = parts.length === 0 ? 'nobody is bound to it here' : `granted to ${listed(parts)}`;
    known.set(first, text);
  }
  return text;
}

function proof(snapshot: Snapshot, grant: Grant, role: Resource): readonly Evidence[] {
  const { binding } = grant;
  const bound: Evidence = {
    resource: copyNear(snapshot, binding.resource, role),
    path: '/roleRef/name',
    note: `gives ${grant.role.kind} "${grant.role.name}" to ${listed(binding.subjects.map(subjectText))}${scopeText(grant)}`,
  };
  if (grant.role === firstCopy(snapshot, role)) return [bound];
  const through = copyNear(snapshot, grant.role, role);
  return [bound, { resource: through, path: '/aggregationRule', note: `takes over the rules of ClusterRole "${role.name}"` }];
}

function scopeText({ binding }: Grant): string {
  return binding.namespace === '' ? ' in the whole cluster' : ` in namespace ${binding.namespace}`;
}

/** `a, b, c and 4 more`. */
export function listed(items: readonly string[]): string {
  const rest = items.length - shownSubjects;
  return rest <= 0 ? items.join(', ') : `${items.slice(0, shownSubjects).join(', ')} and ${rest} more`;
}

/** True where a role's rules hold in a namespace, or would once somebody is bound to it. */
export function reachesNamespace(snapshot: Snapshot, role: Resource, namespace: string): boolean {
  if (role.kind === 'Role') return role.namespace === namespace;
  const grants = grantsFrom(snapshot, role);
  return grants.length === 0 || grants.some(({ binding }) => binding.namespace === '' || binding.namespace === namespace);
}

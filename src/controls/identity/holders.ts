// Who holds the rules of a role, in words and as evidence: the bindings that give it, directly or through a ClusterRole that aggregates it.

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
const shownGrants = 5;

/** The holders of a role's rules. Several definitions of one role or binding count once. */
export function heldBy(snapshot: Snapshot, role: Resource): Holders {
  const grants = grantsFrom(snapshot, role).filter((grant) => grant.binding.subjects.length > 0);
  if (grants.length === 0) return { text: 'nobody is bound to it here', evidence: [] };
  const subjects = new Set(
    grants.flatMap((grant) => grant.binding.subjects.map((subject) => `${subjectText(subject)}${scopeText(grant)}`)),
  );
  return { text: `granted to ${listed([...subjects])}`, evidence: grants.slice(0, shownGrants).flatMap((grant) => proof(grant, role)) };
}

function proof(grant: Grant, role: Resource): readonly Evidence[] {
  const { binding } = grant;
  const bound: Evidence = {
    resource: binding.resource,
    path: '/roleRef/name',
    note: `gives ${grant.role.kind} "${grant.role.name}" to ${listed(binding.subjects.map(subjectText))}${scopeText(grant)}`,
  };
  if (grant.role === role) return [bound];
  return [bound, { resource: grant.role, path: '/aggregationRule', note: `takes over the rules of ClusterRole "${role.name}"` }];
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

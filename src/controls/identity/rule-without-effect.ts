// Rules that do not grant what they say, since the API server has no such thing: a singular or a wrong group (`pod`, networkpolicies of
// the core group), `pods/*`, `bind` on bindings, a cluster-scoped resource in a Role, names on `create`. Nothing is open because of them, but the reviewer and
// the author believe otherwise, and the next "repair" opens it. Resources of groups that are not Kubernetes' own are not judged.

import { isShippedRole } from '../../identity/bootstrap.ts';
import { groupsWith, isAskedInNamespace, isBuiltInGroup, isServed, nearestResource, scopeOf } from '../../identity/resources.ts';
import { ownRules } from '../../identity/roles.ts';
import type { PolicyRule } from '../../identity/rules.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { control, fail, notApplicable, type Outcome } from '../control.ts';
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { listed } from './holders.ts';
import { allRoles } from './right.ts';

export const ruleWithoutEffect = control({
  id: 'identity/rule-without-effect',
  aliases: [],
  severity: 'low',
  title: 'Every rule of a role grants what it says',
  why: 'A rule about something the API server does not have grants nothing, so the program fails, and whoever repairs it in haste gives too much.',
  fix: 'Name resources in the plural and in their own API group, and put cluster-scoped ones into a ClusterRole; drop what is not needed.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03'],
  on: allRoles,
  check({ resource }, { snapshot }) {
    if (isShippedRole(resource)) return [notApplicable('shipped', 'this role is made by Kubernetes itself')];
    return ownRules(snapshot, resource).flatMap(({ rule: one, index }) =>
      idleOf(one, resource).map(({ path, reason, says }) =>
        fail(`/rules/${index}${path}`, reason, `rule ${index} of ${resource.kind} "${resource.name}" ${says}`),
      ),
    );
  },
  examples: {
    pass: () => [harmless(), clusterWide(rule('', ['nodes'], ['get'])), inNamespace(rule('', ['namespaces'], ['get']))],
    fail: () => [
      inNamespace(rule('', ['pod'], ['update'])),
      clusterWide(rule('', ['networkpolicies'], ['create'])),
      inNamespace(rule('', ['pods/*'], ['create'])),
      inNamespace(rule('storage.k8s.io', ['storageclasses'], ['get'])),
      inNamespace(rule('', ['namespaces'], ['list'])),
      inNamespace(rule('rbac.authorization.k8s.io', ['rolebindings'], ['bind'])),
      inNamespace(rule('coordination.k8s.io', ['leases'], ['create', 'get'], ['app'])),
    ],
  },
});

interface Idle extends Pick<Outcome, 'path' | 'reason'> {
  readonly says: string;
}

const known = new WeakMap<PolicyRule, readonly Idle[]>();

/** What of a rule grants nothing; said once for a role that stands in a repository many times. */
function idleOf(one: PolicyRule, role: Resource): readonly Idle[] {
  let idle = known.get(one);
  if (idle === undefined) {
    idle = [...withoutResource(one, role), ...withoutName(one), ...withoutPath(one, role)];
    known.set(one, idle);
  }
  return idle;
}

/** One finding a kind of mistake, at the first entry that makes it. */
function withoutResource(one: PolicyRule, { kind }: Resource): readonly Idle[] {
  if (!one.apiGroups.every(isBuiltInGroup)) return [];
  const named = one.resources.filter((entry) => entry !== '*' && !entry.startsWith('*/'));
  const stars = named.filter((entry) => entry.endsWith('/*'));
  const scopes = (entry: string) => one.apiGroups.map((group) => scopeOf(group, entry)).filter((scope) => scope !== undefined);
  const others = named.filter((entry) => !stars.includes(entry));
  const unknown = others.filter((entry) => scopes(entry).length === 0);
  const mayBeAsked = (entry: string) => one.apiGroups.some((group) => one.verbs.some((verb) => isAskedInNamespace(verb, group, entry)));
  const foreign = others.filter((entry) => kind === 'Role' && !unknown.includes(entry) && !mayBeAsked(entry));
  const unserved = others.filter(
    (entry) =>
      !unknown.includes(entry) &&
      !foreign.includes(entry) &&
      one.verbs.length > 0 &&
      one.apiGroups.every((group) => scopeOf(group, entry) === undefined || one.verbs.every((verb) => !isServed(group, entry, verb))),
  );
  const idle = (entries: readonly string[], reason: string, says: string): readonly Idle[] =>
    entries.length === 0
      ? []
      : [{ path: `/resources/${one.resources.indexOf(entries[0] ?? '')}`, reason, says: `names ${listed(entries)}, ${says}` }];
  return [
    ...idle(stars, 'subresource-star', 'which stands for no subresource: a star stands for all resources, or for the parent only'),
    ...idle(unknown, 'no-such-resource', `which ${groupsText(one)} does not have${hint(one, unknown[0] ?? '')}: it grants nothing`),
    ...idle(unserved, 'no-such-verb', `on which there is no ${one.verbs.join(' or ')}: it grants nothing`),
    ...idle(foreign, 'cluster-scoped', 'which is no part of a namespace: in a Role it grants nothing'),
  ];
}

/** Creation and deletion of a collection are requests without a name. */
function withoutName(one: PolicyRule): readonly Idle[] {
  if (one.resourceNames.length === 0 || one.resources.some((entry) => entry.includes('/') || entry === '*')) return [];
  return one.verbs.flatMap((verb, at): readonly Idle[] =>
    verb === 'create' || verb === 'deletecollection'
      ? [
          {
            path: `/verbs/${at}`,
            reason: 'named-collection',
            says: `limits ${verb} to names, but such a request has none: it is not granted`,
          },
        ]
      : [],
  );
}

function withoutPath(one: PolicyRule, { kind }: Resource): readonly Idle[] {
  if (kind !== 'Role' || one.nonResourceURLs.length === 0) return [];
  return [
    {
      path: '/nonResourceURLs',
      reason: 'path-in-role',
      says: `names ${listed(one.nonResourceURLs)}, but only a ClusterRole can grant paths`,
    },
  ];
}

function groupsText({ apiGroups }: PolicyRule): string {
  return apiGroups.length === 0
    ? 'a rule without API groups'
    : apiGroups.map((group) => (group === '' ? 'the core group' : group)).join(' or ');
}

function hint({ apiGroups }: PolicyRule, entry: string): string {
  const near = apiGroups.map((group) => nearestResource(group, entry)).find((name) => name !== undefined);
  if (near !== undefined) return ` (there is "${near}")`;
  const elsewhere = groupsWith(entry);
  return elsewhere.length === 0 ? '' : ` (it is in ${elsewhere.map((group) => (group === '' ? 'the core group' : group)).join(', ')})`;
}

// A plan to shrink rights: for every user of a log the roles and bindings that allow what it did, the proof by replay, and what the plan
// takes away that is worth taking. Bindings that name a user's groups stay and count as given; bindings of the user itself are replaced.
// Left out: users whose rights are no RBAC grants (nodes, system:masters) and Kubernetes' own components, which are named apart.

import type { KubeObject } from '../kube/object.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allows, privilegedGroup } from './access-review.ts';
import type { RecordedRequest } from './audit-requests.ts';
import { authorizerOf, namespacesOf, rbacAllows } from './authorizer.ts';
import { dangerousIn } from './dangerous.ts';
import { minimalRules, type Widening } from './minimize.ts';
import { type CurrentRbac, currentRbac, givenNow, keptFor, plannedFor } from './plan-states.ts';
import { type PolicyRule, type RequestAttributes, request } from './rules.ts';
import type { User } from './subjects.ts';

export interface Replay {
  /** Recorded requests, each once a user. */
  readonly requests: number;
  /** Those of them that had been allowed and that the plan would refuse. It is empty, or the plan is wrong. */
  readonly denied: readonly { readonly user: string; readonly wanted: RequestAttributes }[];
}

export interface Closed {
  readonly user: string;
  /** Empty: in the whole cluster. */
  readonly namespace: string;
  readonly permission: string;
  readonly gains: string;
}

export interface RbacPlan {
  readonly roles: readonly KubeObject[];
  readonly bindings: readonly KubeObject[];
  /** `refused`: how many of the requests the server had refused. */
  readonly users: readonly { readonly name: string; readonly requests: number; readonly refused: number; readonly rules: number }[];
  readonly replay: Replay;
  readonly closes: readonly Closed[];
  /** Users of the log that are left out, with the reason. */
  readonly skipped: readonly { readonly user: string; readonly reason: string }[];
}

export interface PlanOptions {
  readonly widening: Widening;
  /** Only this user. */
  readonly only?: string;
  /** What was refused is wanted, too. */
  readonly withDenied?: boolean;
  /** The cluster as it is; undefined where it is not known. Then only what every cluster gives to everybody counts as given. */
  readonly current?: Snapshot;
}

/** Makes the plan for recorded requests. */
export function rbacPlan(recorded: readonly RecordedRequest[], options: PlanOptions): RbacPlan {
  const users = new Map<string, { user: User; requests: RecordedRequest[] }>();
  for (const one of recorded) {
    if (options.only !== undefined && one.user.name !== options.only) continue;
    const known = users.get(one.user.name);
    if (known === undefined) users.set(one.user.name, { user: one.user, requests: [one] });
    else {
      known.user = { name: known.user.name, groups: [...new Set([...known.user.groups, ...one.user.groups])] };
      known.requests.push(one);
    }
  }
  const skipped: { user: string; reason: string }[] = [];
  const made: { user: User; requests: readonly RecordedRequest[]; objects: readonly KubeObject[]; rules: number }[] = [];
  const names = new Set<string>();
  const current = options.current === undefined ? undefined : currentRbac(options.current);
  for (const { user, requests } of [...users.values()].sort((a, b) => (a.user.name < b.user.name ? -1 : 1))) {
    const reason = options.only === undefined ? reasonToSkip(user) : undefined;
    if (reason !== undefined) {
      skipped.push({ user: user.name, reason });
      continue;
    }
    const kept = authorizerOf(keptFor(user, current));
    const asked = requests.filter(({ allowed }) => allowed || options.withDenied === true).map(({ wanted }) => withoutQuery(wanted));
    const rules = minimalRules(asked, (wanted) => rbacAllows(kept, user, wanted), options.widening);
    const name = freeName(user, names);
    const objects = [...rules].flatMap(([namespace, list]) => objectsFor(user, name, namespace, list));
    made.push({ user, requests, objects, rules: [...rules.values()].flat().length });
  }
  const objects = made.flatMap((one) => one.objects);
  return {
    roles: objects.filter(({ kind }) => !kind.endsWith('Binding')),
    bindings: objects.filter(({ kind }) => kind.endsWith('Binding')),
    users: made.map(({ user, requests, rules }) => {
      const refused = requests.filter(({ allowed }) => !allowed).length;
      return { name: user.name, requests: requests.length, refused, rules };
    }),
    replay: replay(made, current),
    closes: current === undefined ? [] : made.flatMap(({ user, objects: own }) => closedFor(user, own, current)),
    skipped,
  };
}

function reasonToSkip({ name, groups }: User): string | undefined {
  if (groups.includes(privilegedGroup)) return 'a member of system:masters: no role limits it';
  if (name.startsWith('system:node:')) return 'a node: the Node authorizer gives it what it needs';
  if (name === 'system:anonymous') return 'requests without a credential: nobody in particular';
  if (name.startsWith('system:') && !name.startsWith('system:serviceaccount:')) return 'a part of Kubernetes itself';
  return undefined;
}

/** A path is authorized without its query. */
function withoutQuery(wanted: RequestAttributes): RequestAttributes {
  return wanted.resource === '' ? { ...wanted, path: wanted.path.split('?', 1)[0] ?? '' } : wanted;
}

const rbac = 'rbac.authorization.k8s.io';

function objectsFor(user: User, name: string, namespace: string, rules: readonly PolicyRule[]): readonly KubeObject[] {
  const prefix = namespace === '' ? 'Cluster' : '';
  const metadata = { name, ...(namespace === '' ? {} : { namespace }) };
  const apiVersion = `${rbac}/v1`;
  return [
    { apiVersion, kind: `${prefix}Role`, metadata, rules: rules.map(writtenRule) },
    {
      apiVersion,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: rbac, kind: `${prefix}Role`, name },
      subjects: [subjectOf(user.name)],
    },
  ];
}

function writtenRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) {
  if (resources.length === 0) return { nonResourceURLs, verbs };
  return { apiGroups, resources, ...(resourceNames.length === 0 ? {} : { resourceNames }), verbs };
}

/** A user as the subject of a binding. */
export function subjectOf(user: string): { readonly [key: string]: string } {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  if (account === null) return { apiGroup: rbac, kind: 'User', name: user };
  return { kind: 'ServiceAccount', name: account[2] ?? '', namespace: account[1] ?? '' };
}

function freeName({ name }: User, taken: Set<string>): string {
  const short = name.replace(/^system:serviceaccount:/, '').replace(/[^A-Za-z0-9.:@_-]/g, '-');
  let free = `minimal:${short}`;
  for (let count = 2; taken.has(free); count++) free = `minimal:${short}-${count}`;
  taken.add(free);
  return free;
}

/** Asks every recorded request again, of the cluster as the plan would leave it. */
function replay(
  made: readonly { user: User; requests: readonly RecordedRequest[]; objects: readonly KubeObject[] }[],
  current: CurrentRbac | undefined,
): Replay {
  const denied: { user: string; wanted: RequestAttributes }[] = [];
  let requests = 0;
  for (const one of made) {
    const after = plannedFor(one.user, one.objects, current);
    const asked = new Map(one.requests.map((item) => [JSON.stringify([item.wanted, item.allowed]), item]));
    for (const { wanted, allowed } of asked.values()) {
      requests++;
      const again = withoutQuery(wanted);
      if (allowed && !allows(after, one.user, again)) denied.push({ user: one.user.name, wanted: again });
    }
  }
  return { requests, denied };
}

/** What the user could do of the dangerous things, and could no more. */
function closedFor(user: User, objects: readonly KubeObject[], current: CurrentRbac): readonly Closed[] {
  const [before, after] = [authorizerOf(givenNow(user, current)), authorizerOf(plannedFor(user, objects, current))];
  return ['', ...namespacesOf(before, user)].flatMap((namespace) =>
    dangerousIn(namespace).flatMap(({ verb, apiGroup, resource: plural, gains }) => {
      const wanted = request(verb, apiGroup, plural, { namespace });
      const everywhere = namespace !== '' && rbacAllows(before, user, { ...wanted, namespace: '' });
      if (everywhere || !rbacAllows(before, user, wanted) || rbacAllows(after, user, wanted)) return [];
      const group = apiGroup === '' ? '' : `.${apiGroup}`;
      return [{ user: user.name, namespace, permission: `${verb} ${plural}${group}`, gains }];
    }),
  );
}

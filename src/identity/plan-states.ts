// The RBAC that one user of a plan meets: as it is, without what names the user itself, and with the plan's roles and bindings in its place.
// Bindings keep their other subjects. Only bindings that name the user or its groups are in these states, so that many users of a large
// cluster cost no more than their own grants; for nodes all else is in them too, since the Node authorizer looks at it.

import type { KubeObject } from '../kube/object.ts';
import { asList } from '../lib/json.ts';
import { type Resource, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { type Binding, readBinding } from './bindings.ts';
import { rbacGroup } from './roles.ts';
import { subjectMatches, subjectUser, type User } from './subjects.ts';

/** The RBAC of a cluster, its bindings found by whom they name. */
export interface CurrentRbac {
  readonly snapshot: Snapshot;
  readonly roles: readonly Resource[];
  /** By `User NAME` and `Group NAME`. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
}

/** Reads a cluster once for all users of a plan. */
export function currentRbac(read: Snapshot): CurrentRbac {
  const bindings = new Map<string, Binding[]>();
  const roles: Resource[] = [];
  for (const one of read.resources) {
    if (one.group !== rbacGroup) continue;
    if (one.kind === 'Role' || one.kind === 'ClusterRole') roles.push(one);
    if (one.kind !== 'RoleBinding' && one.kind !== 'ClusterRoleBinding') continue;
    const binding = readBinding(one);
    for (const key of new Set(binding.subjects.map(subjectUser))) {
      const list = bindings.get(key);
      if (list === undefined) bindings.set(key, [binding]);
      else list.push(binding);
    }
  }
  return { snapshot: read, roles, bindings };
}

/** What the user has as it is. */
export function givenNow(user: User, current: CurrentRbac): Snapshot {
  return state(
    user,
    current,
    bindingsFor(user, current).map((binding) => binding.resource),
  );
}

/** What stays for a user who is named by no binding. Without a cluster: what every cluster gives to everybody. */
export function keptFor(user: User, current: CurrentRbac | undefined): Snapshot {
  if (current === undefined) return everyCluster;
  return state(user, current, keptBindings(user, current));
}

/** What the user has once the plan's objects are there; those of a plan before this one are replaced. */
export function plannedFor(user: User, objects: readonly KubeObject[], current: CurrentRbac | undefined): Snapshot {
  const added = objects.map((object) => resource(object, { kind: 'memory' }));
  if (current === undefined) return snapshot({ ...everyCluster, resources: [...everyCluster.resources, ...added] });
  const taken = new Set(added.map(place));
  const rest = state(user, current, keptBindings(user, current));
  return snapshot({ ...rest, resources: [...rest.resources.filter((one) => !taken.has(place(one))), ...added] });
}

function place({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace}/${name}`;
}

function state(user: User, { snapshot: read, roles }: CurrentRbac, bindings: readonly Resource[]): Snapshot {
  const others = user.name.startsWith('system:node:') ? read.resources.filter(({ group }) => group !== rbacGroup) : [];
  return snapshot({ ...read, resources: [...others, ...roles, ...bindings] });
}

function bindingsFor({ name, groups }: User, { bindings }: CurrentRbac): readonly Binding[] {
  const keys = [`User ${name}`, ...groups.map((group) => `Group ${group}`)];
  return [...new Set(keys.flatMap((key) => bindings.get(key) ?? []))];
}

/** The bindings without the user itself as a subject. */
function keptBindings(user: User, current: CurrentRbac): readonly Resource[] {
  const alone = { name: user.name, groups: [] };
  return bindingsFor(user, current).map(({ resource: one, subjects }) => {
    if (!subjects.some((subject) => subjectMatches(subject, alone))) return one;
    const others = asList(one.object.subjects).filter((_, index) => {
      const subject = subjects[index];
      return subject === undefined || !subjectMatches(subject, alone);
    });
    return resource({ ...one.object, subjects: others } as KubeObject, one.origin, one.namespace);
  });
}

/** What every cluster gives to everybody who is authenticated: discovery, versions, questions about oneself. */
const everyCluster: Snapshot = snapshot({
  resources: [
    {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'system:discovery' },
      rules: [
        {
          nonResourceURLs: [
            '/api',
            '/api/*',
            '/apis',
            '/apis/*',
            '/healthz',
            '/livez',
            '/openapi',
            '/openapi/*',
            '/readyz',
            '/version',
            '/version/',
          ],
          verbs: ['get'],
        },
        { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
        {
          apiGroups: ['authorization.k8s.io'],
          resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
          verbs: ['create'],
        },
      ],
    },
    {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:discovery' },
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: 'system:discovery' },
      subjects: [{ apiGroup: rbacGroup, kind: 'Group', name: 'system:authenticated' }],
    },
  ].map((object) => resource(object, { kind: 'memory' })),
});

// The material of identity examples: a role with some rules and a binding that gives it to the group `operators`, in the hardened cluster.

import type { KubeObject } from '../../kube/object.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { Example } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;
const labels = { 'app.kubernetes.io/name': 'app', 'app.kubernetes.io/instance': 'app', 'app.kubernetes.io/part-of': 'shop' };

export const operators: JsonObject = { apiGroup, kind: 'Group', name: 'operators' };
export const appAccount: JsonObject = { kind: 'ServiceAccount', name: 'app', namespace: 'shop' };

/** One rule. `rule('', ['secrets'], ['get'])`. */
export function rule(group: string, resources: readonly string[], verbs: readonly string[], names?: readonly string[]): JsonObject {
  return { apiGroups: [group], resources, verbs, ...(names === undefined ? {} : { resourceNames: names }) };
}

export function clusterRole(rules: readonly JsonObject[], more: JsonObject = {}, name = 'operator'): KubeObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules, ...more };
}

export function role(rules: readonly JsonObject[], namespace = 'shop', name = 'operator'): KubeObject {
  return { apiVersion, kind: 'Role', metadata: { name, namespace, labels }, rules };
}

export function clusterRoleBinding(subjects: readonly Json[], to = 'operator', name = 'operators'): KubeObject {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup, kind: 'ClusterRole', name: to },
    subjects,
  };
}

export function roleBinding(
  subjects: readonly Json[],
  kind: 'Role' | 'ClusterRole' = 'Role',
  to = 'operator',
  namespace = 'shop',
): KubeObject {
  return {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name: 'operators', namespace, labels },
    roleRef: { apiGroup, kind, name: to },
    subjects,
  };
}

/** The hardened cluster with a ClusterRole of these rules that operators hold everywhere. */
export function clusterWide(...rules: readonly JsonObject[]): Example {
  return cluster(deployment(), clusterRole(rules), clusterRoleBinding([operators]));
}

/** The hardened cluster with a Role of these rules that operators hold in its namespace. */
export function inNamespace(...rules: readonly JsonObject[]): Example {
  return cluster(deployment(), role(rules), roleBinding([operators]));
}

/** The hardened cluster with rights that nobody needs to worry about. */
export function harmless(): Example {
  return cluster(
    deployment(),
    role([
      rule('', ['configmaps'], ['get', 'list', 'watch'], ['app-settings']),
      rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update']),
    ]),
    roleBinding([appAccount]),
  );
}

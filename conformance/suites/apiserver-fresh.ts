// What a fresh API server has stored before anybody asks: namespaces, priority classes, bootstrap RBAC, the Service of the API itself.

import { isShippedClusterRole } from '../../src/identity/bootstrap.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { memoryStore, type Store } from '../../src/request/store/store.ts';
import { circumstances } from './apiserver-answer.ts';

/** A store with the objects that a server makes by itself. */
export function freshCluster(): Store {
  const state = memoryStore();
  const put = (group: string, resource: string, namespace: string, object: JsonObject) => {
    const name = String((object.metadata as JsonObject).name);
    state.put({ group, resource }, namespace, name, object);
  };
  const { now: creationTimestamp, uid } = circumstances();
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
    put('', 'namespaces', '', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, uid: uid(), creationTimestamp, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const)
    put('scheduling.k8s.io', 'priorityclasses', '', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  put('', 'services', 'default', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ port: 443 }] },
  });
  const named = (name: string) => ({ name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } });
  const rbac = 'rbac.authorization.k8s.io';
  const everything = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ];
  put(rbac, 'clusterroles', '', { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: named('cluster-admin'), rules: everything });
  for (const [role, next] of [
    ['admin', 'admin'],
    ['edit', 'edit'],
    ['view', 'view'],
  ] as const)
    put(rbac, 'clusterroles', '', {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: named(role),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${rbac}/aggregate-to-${next}`]: 'true' } }] },
      rules: [],
    });
  const own: Store['get'] = (resource, namespace, name) => {
    const made = resource.group === 'rbac.authorization.k8s.io' && namespace === '' && isShippedClusterRole(name);
    const local = resource.resource === 'apiservices' && /^v[0-9]+\.(?:apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)?$/.test(name);
    return state.get(resource, namespace, name) ?? (made || (local && isServedLocally(name)) ? { metadata: { name } } : undefined);
  };
  return { ...state, get: own };
}

/** An APIService that a server makes for a version of its own. */
function isServedLocally(name: string): boolean {
  return name === 'v1.' || /\.(?:apps|batch|autoscaling|policy)$/.test(name) || /^v1\.[a-z]+\.k8s\.io$/.test(name);
}

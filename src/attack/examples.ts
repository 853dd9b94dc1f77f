// The smallest manifests with one weakness, for the files of edges: a service account that holds rights and nothing else; a pod with one
// setting. They are what the shared test turns into exactly the edge.

import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { right } from './right.ts';

const rbac = 'rbac.authorization.k8s.io/v1';

/** The ServiceAccount shop/attacker with these rights in a namespace; '' is the whole cluster. */
export function holding(rights: readonly string[], namespace = 'shop', names: readonly string[] = []): readonly KubeObject[] {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const metadata = { name: 'attacker', ...(namespace === '' ? {} : { namespace }) };
  const rules = rights.flatMap((text) =>
    right(text).atoms.map(({ wanted: { verb, apiGroup, resource, subresource, name } }) => ({
      verbs: [verb],
      apiGroups: [apiGroup],
      resources: [subresource === '' ? resource : `${resource}/${subresource}`],
      ...(name !== '' ? { resourceNames: [name] } : names.length > 0 ? { resourceNames: names } : {}),
    })),
  );
  return [
    { apiVersion: rbac, kind, metadata, rules },
    {
      apiVersion: rbac,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'attacker' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'attacker' }],
    },
  ];
}

/** The namespace shop with a Pod Security level that it enforces. */
export function enforcing(level: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'pod-security.kubernetes.io/enforce': level } } };
}

/** The pod shop/app with one container of these settings; it carries no token. */
export function pod(container: JsonObject = {}, spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace: 'shop', labels: { app: 'app' } },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'app', image: 'registry.example/app:1', ...container }], ...spec },
  };
}

/** The pod shop/app with a path of its node. */
export function hostPath(path: string, readOnly = false): KubeObject {
  return pod({ volumeMounts: [{ name: 'host', mountPath: '/host', readOnly }] }, { volumes: [{ name: 'host', hostPath: { path } }] });
}

/** A ClusterRoleBinding of one subject; `undefined` rights leave its role out. */
export function binding(subject: JsonObject, rights: readonly string[] | undefined): readonly KubeObject[] {
  const [role, bound] = holding(rights ?? ['get configmaps'], rights === undefined ? 'shop' : '');
  const name = rights === undefined ? 'absent' : 'given';
  const metadata = { name, ...(rights === undefined ? { namespace: 'shop' } : {}) };
  const made = {
    ...bound,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role?.kind ?? 'Role', name },
    subjects: [subject],
  };
  const all = [...(role === undefined || rights === undefined ? [] : [{ ...role, metadata }]), made];
  return all.flatMap((object) =>
    'apiVersion' in object && object.apiVersion !== undefined && object.kind !== undefined
      ? [{ ...object, apiVersion: object.apiVersion, kind: object.kind }]
      : [],
  );
}

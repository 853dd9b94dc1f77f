// The same for objects that are no workloads: configuration, roles, Services and claims in "default". A matter of policy, as most tools write
// manifests without a namespace and name it when they apply them; off until asked for. What Kubernetes keeps in "default" itself is let be.

import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

/** Kinds that CIS 5.6.4 looks at, by the names of kubescape's rules for them. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  configmap: ['/ConfigMap'],
  csistoragecapacity: ['storage.k8s.io/CSIStorageCapacity'],
  endpoints: ['/Endpoints'],
  endpointslice: ['discovery.k8s.io/EndpointSlice'],
  horizontalpodautoscaler: ['autoscaling/HorizontalPodAutoscaler'],
  ingress: ['networking.k8s.io/Ingress', 'extensions/Ingress'],
  lease: ['coordination.k8s.io/Lease'],
  persistentvolumeclaim: ['/PersistentVolumeClaim'],
  poddisruptionbudget: ['policy/PodDisruptionBudget'],
  'resources-secret': ['/Secret'],
  role: ['rbac.authorization.k8s.io/Role'],
  rolebinding: ['rbac.authorization.k8s.io/RoleBinding'],
  service: ['/Service'],
  serviceaccount: ['/ServiceAccount'],
};

const ownObjects: ReadonlySet<string> = new Set([
  'ConfigMap/kube-root-ca.crt',
  'Endpoints/kubernetes',
  'EndpointSlice/kubernetes',
  'Service/kubernetes',
  'ServiceAccount/default',
]);

export const defaultObjects = control({
  id: 'namespace/default-objects',
  aliases: ['C-0212', 'CKV_K8S_21', ...Object.keys(kinds).map((name) => `rule:${name}-in-default-namespace`)],
  severity: 'low',
  title: 'Configuration, roles and Services do not live in the namespace "default"',
  why: 'Objects of several applications in one namespace cannot be granted, counted or deleted apart.',
  fix: 'Set metadata.namespace to a namespace of the application.',
  frameworks: ['cis:5.6.4', 'nsa:namespaces', 'stig:V-242383', 'owasp:K01', 'bsi:APP.4.4.A1'],
  enabled: false,
  on: objects(...Object.values(kinds).flat()),
  check: ({ resource, object }) => {
    if (resource.namespace !== 'default' || ownObjects.has(`${resource.kind}/${resource.name}`)) return [];
    const missing = object.metadata?.namespace === undefined;
    return [fail('/metadata/namespace', missing ? 'missing' : 'default', missing ? 'no namespace is named' : 'the namespace is "default"')];
  },
  examples: {
    pass: () => [cluster({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: 'default' }, data: {} })],
    fail: () => [
      cluster({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader', namespace: 'default' }, spec: {} }),
    ],
  },
});

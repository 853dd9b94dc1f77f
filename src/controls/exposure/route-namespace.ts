// A route may send requests into another namespace only where a ReferenceGrant there allows it; without the grant the route does not work, and
// a gateway that ignores the rule lets one team publish the Services of another. gateway.networking.k8s.io v1, ReferenceGrant v1beta1.

import type { KubeObject } from '../../kube/object.ts';
import { asList, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { type Backend, routeBackends, routeKinds } from './backends.ts';
import { gateway, httpRoute, service } from './examples.ts';

export const routeNamespace = control({
  id: 'exposure/route-namespace',
  aliases: ['httpRouteCrossNamespaceBackendRef'],
  severity: 'medium',
  title: 'Routes into other namespaces are granted there',
  why: 'Without the grant a route publishes a Service whose owners did not agree to it, or does not work at all.',
  fix: 'Add a ReferenceGrant to the namespace of the Service, or move the route there.',
  frameworks: ['nsa:namespaces', 'owasp:K07'],
  on: objects(...routeKinds.map((kind) => `gateway.networking.k8s.io/${kind}`)),
  check: ({ resource }, { snapshot }) =>
    routeBackends(resource)
      .filter((backend) => backend.namespace !== resource.namespace && !isGranted(snapshot, backend))
      .map(({ path, namespace }) =>
        fail(path.replace(/name$/, 'namespace'), 'not-granted', `no ReferenceGrant of namespace "${namespace}" allows this route`),
      ),
  examples: {
    pass: () => [cluster(deployment(), service(), gateway(), elsewhere(), grant())],
    fail: () => [cluster(deployment(), service(), gateway(), elsewhere())],
  },
});

function isGranted(snapshot: Snapshot, { by, namespace, service: name }: Backend): boolean {
  return ofKind(snapshot, 'gateway.networking.k8s.io', 'ReferenceGrant').some(
    (resource) =>
      resource.namespace === namespace &&
      asList(dig(resource.object, 'spec', 'from')).some(
        (from) => field(from, 'group') === by.group && field(from, 'kind') === by.kind && field(from, 'namespace') === by.namespace,
      ) &&
      asList(dig(resource.object, 'spec', 'to')).some(
        (to) => field(to, 'group') === '' && field(to, 'kind') === 'Service' && (field(to, 'name') ?? name) === name,
      ),
  );
}

function elsewhere(): KubeObject {
  return {
    ...httpRoute({
      parentRefs: [{ name: 'gateway', namespace: 'shop' }],
      rules: [{ backendRefs: [{ name: 'app', namespace: 'shop', port: 80 }] }],
    }),
    metadata: { name: 'app', namespace: 'edge' },
  };
}

function grant(): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: 'edge', namespace: 'shop' },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'edge' }],
      to: [{ group: '', kind: 'Service', name: 'app' }],
    },
  };
}

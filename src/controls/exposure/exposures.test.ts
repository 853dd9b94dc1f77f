// Ways from outside, one row each: what opens a workload and what does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { deployment } from '../examples.ts';
import { gateway, httpRoute, ingress, service } from './examples.ts';
import { exposuresOf } from './exposures.ts';

function ways(...objects: readonly KubeObject[]): readonly string[] {
  const state = snapshot({ resources: [deployment(), ...objects].map((object) => resource(object, { kind: 'memory' })) });
  const [workload] = state.resources;
  const [pod] = workload?.pods ?? [];
  assert.ok(pod !== undefined);
  return exposuresOf(state, pod).map(({ by }) => by.kind);
}

const annotated = (annotations: JsonObject) => service({ type: 'LoadBalancer' }, { annotations });

function istio(type: string, gateways: readonly string[], host = 'app'): readonly KubeObject[] {
  return [
    service(),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'ingressgateway', namespace: 'istio-system' },
      spec: { type, selector: { app: 'gateway', istio: 'ingressgateway' }, ports: [{ port: 443 }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'public', namespace: 'edge' },
      spec: { selector: { istio: 'ingressgateway' }, servers: [] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'app', namespace: 'shop' },
      spec: { gateways, http: [{ route: [{ destination: { host } }] }] },
    },
  ];
}

const rows: readonly [string, readonly KubeObject[], readonly string[]][] = [
  ['a Service inside the cluster', [service()], []],
  ['a load balancer', [service({ type: 'LoadBalancer' })], ['Service']],
  ['a load balancer that is internal on AWS', [annotated({ 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' })], []],
  ['a load balancer that is internal on Azure', [annotated({ 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' })], []],
  ['a load balancer for some sources', [service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] })], []],
  ['a load balancer for all sources', [service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['0.0.0.0/0'] })], ['Service']],
  ['ports of nodes', [service({ type: 'NodePort' })], ['Service']],
  ['an external address', [service({ externalIPs: ['203.0.113.7'] })], ['Service']],
  ['a Service that leads elsewhere', [service({ type: 'NodePort', selector: { app: 'other' } })], []],
  ['a Service of another namespace', [service({ type: 'NodePort' }, { namespace: 'other' })], []],
  ['a port name that the pod does not have', [service({ type: 'NodePort', ports: [{ port: 80, targetPort: 'web' }] })], []],
  ['an Ingress', [service(), ingress()], ['Ingress']],
  ['an Ingress to another Service', [service({}, { name: 'other' }), ingress()], []],
  ['a route of a Gateway', [service(), gateway(), httpRoute()], ['HTTPRoute']],
  ['a route of a mesh', [service(), httpRoute({ parentRefs: [{ group: '', kind: 'Service', name: 'app' }] })], []],
  ['Istio: a gateway with a load balancer', istio('LoadBalancer', ['edge/public']), ['VirtualService']],
  ['Istio: a full host name', istio('NodePort', ['edge/public'], 'app.shop.svc.cluster.local'), ['VirtualService']],
  ['Istio: a gateway inside the cluster', istio('ClusterIP', ['edge/public']), []],
  ['Istio: the mesh alone', istio('LoadBalancer', ['mesh']), []],
  [
    'a Route of OpenShift',
    [
      service(),
      {
        apiVersion: 'route.openshift.io/v1',
        kind: 'Route',
        metadata: { name: 'app', namespace: 'shop' },
        spec: { to: { kind: 'Service', name: 'app' } },
      },
    ],
    ['Route'],
  ],
  [
    'an IngressRoute of Traefik',
    [
      service(),
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        metadata: { name: 'app', namespace: 'shop' },
        spec: { routes: [{ services: [{ name: 'app', port: 80 }] }] },
      },
    ],
    ['IngressRoute'],
  ],
];

for (const [name, objects, expected] of rows)
  test(`${name} ${expected.length === 0 ? 'opens nothing' : 'opens the workload'}`, () => assert.deepEqual(ways(...objects), expected));

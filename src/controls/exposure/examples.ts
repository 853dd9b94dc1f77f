// Objects for the examples of this folder: what leads to the hardened Deployment, with nothing to complain about.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';

const labels = {
  'app.kubernetes.io/name': 'app',
  'app.kubernetes.io/instance': 'app',
  'app.kubernetes.io/version': '1.4.2',
  'app.kubernetes.io/component': 'web',
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/managed-by': 'kubectl',
};

/** The Service of the Deployment. */
export function service(spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', namespace: 'shop', labels, ...metadata },
    spec: { selector: { 'app.kubernetes.io/name': 'app' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}

/** An Ingress before the Service. */
export function ingress(spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'app', namespace: 'shop', labels, ...metadata },
    spec: {
      ingressClassName: 'internal',
      tls: [{ hosts: ['app.example.com'], secretName: 'app-tls' }],
      rules: [
        {
          host: 'app.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'app', port: { name: 'http' } } } }] },
        },
      ],
      ...spec,
    },
  };
}

/** An HTTPRoute before the Service. */
export function httpRoute(spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'app', namespace: 'shop', labels },
    spec: {
      parentRefs: [{ name: 'gateway' }],
      hostnames: ['app.example.com'],
      rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
      ...spec,
    },
  };
}

/** A Gateway that serves HTTPS. */
export function gateway(listener: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gateway', namespace: 'shop', labels },
    spec: {
      gatewayClassName: 'internal',
      listeners: [
        {
          name: 'https',
          port: 443,
          protocol: 'HTTPS',
          hostname: 'app.example.com',
          tls: { mode: 'Terminate', certificateRefs: [{ name: 'app-tls' }] },
          allowedRoutes: { namespaces: { from: 'Same' } },
          ...listener,
        },
      ],
    },
  };
}

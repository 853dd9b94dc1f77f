// Controls of what is open: Services and what stands before them, where they lead, and what can be reached from outside.

import type { Control } from '../control.ts';
import { externalIps } from './external-ips.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { gatewayTls } from './gateway-tls.ts';
import { ingressBackend } from './ingress-backend.ts';
import { ingressTls } from './ingress-tls.ts';
import { internet } from './internet.ts';
import { loadBalancerTlsAws, loadBalancerTlsAzure } from './load-balancer-tls.ts';
import { nginxEndOfLife, nginxSnippetsAllowed } from './nginx-controller.ts';
import { nginxSnippets } from './nginx-snippets.ts';
import { routeBackend } from './route-backend.ts';
import { routeHost } from './route-host.ts';
import { routeNamespace } from './route-namespace.ts';
import { sensitiveInterface } from './sensitive-interface.ts';
import { serviceMonitor } from './service-monitor.ts';
import { servicePort } from './service-port.ts';
import { serviceTarget } from './service-target.ts';
import { serviceType } from './service-type.ts';
import { unauthenticatedService } from './unauthenticated-service.ts';

export const exposure: readonly Control[] = [
  sensitiveInterface,
  unauthenticatedService,
  serviceType,
  externalIps,
  ingressTls,
  gatewayTls,
  gatewayRoutes,
  routeHost,
  routeNamespace,
  nginxSnippets,
  nginxSnippetsAllowed,
  nginxEndOfLife,
  serviceTarget,
  servicePort,
  ingressBackend,
  routeBackend,
  serviceMonitor,
  internet,
  loadBalancerTlsAws,
  loadBalancerTlsAzure,
];

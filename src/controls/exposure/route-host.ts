// A route without hostnames, or for `*`, takes every request that no other route of its gateway takes: a new host of somebody else's ends up in
// this application. A route of a mesh serves the hosts of the Services it belongs to.

import { dig, strings } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { isMeshRoute } from './backends.ts';
import { gateway, httpRoute, service } from './examples.ts';

export const routeHost = control({
  id: 'exposure/route-host',
  aliases: ['httpRouteWildcardOrEmptyHost'],
  severity: 'low',
  title: 'Routes name the hosts they serve',
  why: 'Requests for hosts that nobody else serves end up here, with whatever cookies and credentials they carry.',
  fix: 'List the hosts in spec.hostnames.',
  frameworks: ['owasp:K07'],
  on: objects('gateway.networking.k8s.io/HTTPRoute', 'gateway.networking.k8s.io/GRPCRoute'),
  check: ({ object, resource }) => {
    if (isMeshRoute(resource)) return [notApplicable('mesh', 'this route belongs to Services of a mesh, not to a gateway')];
    const hosts = strings(dig(object, 'spec', 'hostnames'));
    if (hosts.length === 0) return [fail('/spec/hostnames', 'missing', 'this route serves every host of its gateway')];
    return hosts.includes('*') ? [fail('/spec/hostnames', 'any', 'this route serves every host')] : [];
  },
  examples: {
    pass: () => [
      cluster(deployment(), service(), gateway(), httpRoute()),
      cluster(deployment(), service(), httpRoute({ hostnames: [], parentRefs: [{ group: '', kind: 'Service', name: 'app' }] })),
    ],
    fail: () => [cluster(deployment(), service(), gateway(), httpRoute({ hostnames: [] }))],
  },
});

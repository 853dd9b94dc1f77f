// Listeners of a Gateway that serve plain HTTP. One on port 80 beside an HTTPS listener is the usual way to redirect and is let be.

import { members } from '../../kube/pod/lower.ts';
import { dig, textOf } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { gateway, httpRoute, service } from './examples.ts';

export const gatewayTls = control({
  id: 'exposure/gateway-tls',
  aliases: ['gatewayTLSMissing', 'httpRouteInsecureListener'],
  severity: 'medium',
  title: 'Gateways serve HTTPS',
  why: 'Over plain HTTP everybody on the way reads and changes what visitors and application exchange.',
  fix: 'Use protocol HTTPS with certificateRefs; keep plain HTTP for redirects on port 80 only.',
  frameworks: ['nsa:network-separation', 'owasp:K09', 'pci:4.1.a'],
  on: objects('gateway.networking.k8s.io/Gateway'),
  check: ({ object }) => {
    const listeners = members(dig(object, 'spec', 'listeners'), '/spec/listeners');
    const secure = listeners.some(({ spec }) => spec.protocol === 'HTTPS' || spec.protocol === 'TLS');
    return listeners
      .filter(({ spec }) => spec.protocol === 'HTTP' && !(secure && spec.port === 80))
      .map(({ spec, path }) =>
        fail(`${path}/protocol`, 'plain', `listener "${textOf(spec.name)}" serves plain HTTP on port ${textOf(spec.port)}`),
      );
  },
  examples: {
    pass: () => [cluster(deployment(), service(), gateway(), httpRoute())],
    fail: () => [cluster(deployment(), service(), gateway({ name: 'http', port: 80, protocol: 'HTTP', tls: null }), httpRoute())],
  },
});

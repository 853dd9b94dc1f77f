// Who may attach routes to a Gateway. `from: All` lets every namespace publish hosts under the Gateway's certificates.

import { members } from '../../kube/pod/lower.ts';
import { dig, textOf } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { gateway, httpRoute, service } from './examples.ts';

export const gatewayRoutes = control({
  id: 'exposure/gateway-routes',
  aliases: ['gatewayAllowedRoutesAll'],
  severity: 'medium',
  title: 'Gateways take routes of chosen namespaces only',
  why: 'Whoever may create a route in any namespace can publish a page under your host and certificate.',
  fix: 'Set allowedRoutes.namespaces.from to Same, or to Selector with the labels of the namespaces that may.',
  frameworks: ['nsa:namespaces', 'owasp:K07'],
  on: objects('gateway.networking.k8s.io/Gateway'),
  check: ({ object }) =>
    members(dig(object, 'spec', 'listeners'), '/spec/listeners')
      .filter(({ spec }) => dig(spec, 'allowedRoutes', 'namespaces', 'from') === 'All')
      .map(({ spec, path }) =>
        fail(`${path}/allowedRoutes/namespaces/from`, 'all', `listener "${textOf(spec.name)}" takes routes of every namespace`),
      ),
  repair: ({ path }) => [{ op: 'replace', path, value: 'Same' }],
  examples: {
    pass: () => [cluster(deployment(), service(), gateway(), httpRoute())],
    fail: () => [cluster(deployment(), service(), gateway({ allowedRoutes: { namespaces: { from: 'All' } } }), httpRoute())],
  },
});

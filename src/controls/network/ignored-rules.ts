// Rules of a direction that policyTypes does not name are ignored: `policyTypes: [Ingress]` with egress rules restricts no egress. The same is
// a Cilium policy that selects pods and restricts neither direction, because its lists are empty (an empty list is no rule; `[{}]` is one).

import { asList, field } from '../../lib/json.ts';
import { control, fail, type Target } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { app, networkPolicy } from './examples.ts';
import { directions, type Policy, policies } from './policies.ts';

const everyPolicy: Target<Policy> = {
  description: 'NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy',
  *subjects(snapshot) {
    for (const policy of policies(snapshot)) yield { resource: policy.resource, subject: policy };
  },
};

export const ignoredRules = control({
  id: 'network/ignored-rules',
  aliases: [],
  severity: 'medium',
  title: 'Every rule of a network policy takes effect',
  why: 'A rule that is written and ignored looks like protection in review and restricts nothing in the cluster.',
  fix: 'Name the direction in policyTypes, or remove the rules; in Cilium write `- {}` for a direction that is to be closed.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A7'],
  on: everyPolicy,
  check: (policy) => {
    if (policy.dialect === 'cilium')
      return policy.isolates.ingress || policy.isolates.egress
        ? []
        : [fail(policy.path, 'restricts-nothing', 'this policy selects pods and restricts neither ingress nor egress')];
    return directions
      .filter((direction) => !policy.isolates[direction] && asList(field(policy.spec, direction)).length > 0)
      .map((direction) =>
        fail(
          `${policy.path}/${direction}`,
          'not-in-policy-types',
          `these rules are ignored: policyTypes does not name ${direction === 'egress' ? 'Egress' : 'Ingress'}`,
        ),
      );
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }],
        }),
      ),
      cluster(deployment(), {
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumNetworkPolicy',
        metadata: { name: 'closed', namespace: 'shop' },
        spec: { endpointSelector: {}, ingress: [], egress: [] },
      }),
    ],
  },
});

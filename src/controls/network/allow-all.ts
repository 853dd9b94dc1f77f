// A rule that names neither peers nor ports allows everything, and as policies only add up, no other policy takes it back. The same holds for
// a rule whose peers are all pods of all namespaces, or all addresses, on all ports. `from: []` and an absent `from` mean any source; a rule
// that names ports opens those ports and is no failure here.

import { isEmptySelector } from '../../kube/label-selector.ts';
import { contains, parseCidr } from '../../lib/cidr.ts';
import { asList, asObject, asString, dig, field, type Json } from '../../lib/json.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { app, networkPolicy } from './examples.ts';
import { directions, kubernetesPolicies, rules } from './policies.ts';

export const allowAll = control({
  id: 'network/allow-all',
  aliases: ['AllowAllIngressNetworkPolicyExists', 'AllowAllEgressNetworkPolicyExists', 'POP-1203'],
  severity: 'medium',
  title: 'No network policy allows everything',
  why: 'Policies add up: one rule that allows all traffic undoes every other policy for the pods it selects.',
  fix: 'Name the peers and ports the rule is meant for, or delete the policy.',
  frameworks: ['nsa:network-separation', 'attack:T1046', 'matrix:MS-TA9034', 'owasp:K07', 'bsi:APP.4.4.A7', 'pci:4.1.a'],
  on: kubernetesPolicies,
  check: (policy) =>
    directions
      .filter((direction) => policy.isolates[direction])
      .flatMap((direction) =>
        rules(policy, direction).flatMap(({ spec, path }) => {
          if (asList(spec.ports).length > 0) return [];
          const key = direction === 'ingress' ? 'from' : 'to';
          const peers = asList(spec[key]);
          if (peers.length === 0)
            return [fail(path, `all-${direction}`, `this rule allows all ${direction}: it names neither peers nor ports`)];
          return peers.flatMap((peer, index) => {
            const everyone = allPeers(peer);
            return everyone === undefined
              ? []
              : [fail(`${path}/${key}/${index}`, `all-${direction}`, `this rule allows all ${direction} of ${everyone} on every port`)];
          });
        }),
      ),
  examples: {
    pass: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [{ ports: [{ port: 8080 }] }],
        }),
      ),
    ],
    fail: () => [
      cluster(deployment(), networkPolicy('app', { podSelector: app, policyTypes: ['Ingress'], ingress: [{}] })),
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress', 'Egress'],
          egress: [{ to: [{ namespaceSelector: {} }] }],
        }),
      ),
    ],
  },
});

/** Says whom a peer stands for where that is everybody. */
function allPeers(peer: Json): string | undefined {
  const { namespaceSelector, podSelector, ipBlock } = asObject(peer);
  if (isEmptySelector(namespaceSelector) && (podSelector === undefined || isEmptySelector(podSelector)))
    return 'every pod of every namespace';
  const block = parseCidr(asString(field(ipBlock, 'cidr')) ?? '');
  const excepted = asList(dig(ipBlock, 'except')).length > 0;
  const all = parseCidr(block?.family === 6 ? '::/0' : '0.0.0.0/0');
  return block !== undefined && all !== undefined && !excepted && contains(block, all) ? 'every address' : undefined;
}

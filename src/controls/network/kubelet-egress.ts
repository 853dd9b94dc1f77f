// The kubelet's API (10250, and the read-only 10255) runs commands in every pod of its node for whoever it accepts. Found where an egress
// rule names one of those ports, alone or in a range, towards addresses: an address block or any destination. A rule that allows all ports
// of an address block reaches kubelets too where nodes live in it; which addresses nodes have is not in a policy, so that is left out here.

import { asList, asNumber, isObject } from '../../lib/json.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { app, networkPolicy } from './examples.ts';
import { kubernetesPolicies, rules } from './policies.ts';
import { allowsPort } from './rule.ts';

const kubeletPorts: readonly number[] = [10250, 10255];

export const kubeletEgress = control({
  id: 'network/kubelet-egress',
  aliases: ['NP-004'],
  severity: 'high',
  title: "No network policy allows egress to the kubelet's API",
  why: 'A pod that reaches a kubelet can try to read logs, list pods and run commands in every container of that node.',
  fix: 'Remove port 10250 (and 10255) from the egress rule; monitoring should go through the API server or a dedicated agent.',
  frameworks: ['nsa:network-separation', 'attack:T1609', 'matrix:MS-TA9030', 'owasp:K07'],
  on: kubernetesPolicies,
  check: (policy) =>
    rules(policy, 'egress').flatMap(({ spec, path }) => {
      const destinations = asList(spec.to);
      if (destinations.length > 0 && !destinations.some((peer) => isObject(peer) && isObject(peer.ipBlock))) return [];
      return asList(spec.ports).flatMap((entry, index) => {
        const port =
          isObject(entry) && asNumber(entry.port) !== undefined ? kubeletPorts.find((wanted) => allowsPort([entry], wanted)) : undefined;
        return port === undefined
          ? []
          : [fail(`${path}/ports/${index}`, 'kubelet-reachable', `this rule allows egress to port ${port}, the kubelet's API`)];
      });
    }),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ protocol: 'TCP', port: 10250 }] }],
        }),
      ),
    ],
  },
});

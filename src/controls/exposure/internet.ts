// Which workloads can be reached from outside the cluster, and how. A fact that other findings are weighed by, and no fault in itself: off until
// asked for. Load balancers that are internal by annotation or closed by source ranges do not count.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { gateway, httpRoute, ingress, service } from './examples.ts';
import { exposuresOf } from './exposures.ts';

export const internet = control({
  id: 'exposure/internet',
  aliases: ['C-0256', 'C-0266', 'rule:exposure-to-internet-via-gateway-api', 'rule:exposure-to-internet-via-istio-ingress'],
  severity: 'low',
  title: 'Workloads cannot be reached from outside the cluster',
  why: 'What can be reached from outside is attacked from outside: its weaknesses count more than those of everything behind it.',
  fix: 'Close what need not be open, and look at the findings of these workloads first.',
  frameworks: ['attack:T1190', 'attack:T1133', 'matrix:MS-TA9005', 'owasp:K07'],
  enabled: false,
  on: pods,
  check: ({ pod }, { snapshot }) => {
    const [first, ...more] = exposuresOf(snapshot, pod);
    if (first === undefined) return [];
    const others = more.length === 0 ? '' : `, and ${more.length} other ${more.length === 1 ? 'way' : 'ways'}`;
    return [
      fail(pod.metadataPath, 'exposed', `this workload can be reached through ${first.words}${others}`, {
        evidence: [first, ...more].slice(0, 5).map(({ by, path, words }) => ({ resource: by, path, note: words })),
      }),
    ];
  },
  examples: {
    pass: () => [cluster(deployment(), service())],
    fail: () => [
      cluster(deployment(), service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })),
      cluster(deployment(), service(), ingress()),
      cluster(deployment(), service(), gateway(), httpRoute()),
    ],
  },
});

// Sensitive workloads kept on nodes of their own: by node affinity or a node selector. Off by default: most workloads may run anywhere, and
// choosing nodes for them is the scheduler's work.

import { asObject, dig, isObject } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const nodeAffinity = control({
  id: 'reliability/node-affinity',
  aliases: ['no-node-affinity'],
  severity: 'low',
  title: 'Pods say which nodes they belong on',
  why: 'Without a choice of nodes a sensitive workload shares its kernel with whatever else is scheduled there, control-plane nodes included.',
  fix: 'Add a `nodeSelector` or node affinity for the pool that is meant for this workload.',
  frameworks: ['bsi:APP.4.4.A14', 'pci:16.2.a'],
  enabled: false,
  on: pods,
  check: ({ pod }) => {
    const chosen =
      isObject(dig(pod.spec, 'affinity', 'nodeAffinity')) ||
      Object.keys(asObject(pod.spec.nodeSelector)).length > 0 ||
      typeof pod.spec.nodeName === 'string';
    return chosen ? [] : [fail(pod.at('/affinity/nodeAffinity'), 'missing', 'the pod may run on any node')];
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { affinity: antiAffinity(), nodeSelector: { pool: 'shop' } } }))],
    fail: () => [cluster(deployment({ pod: { affinity: antiAffinity() } }))],
  },
});

function antiAffinity() {
  const labelSelector = { matchLabels: { 'app.kubernetes.io/name': 'app' } };
  return {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }] },
  };
}

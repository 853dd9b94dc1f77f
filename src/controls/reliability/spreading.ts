// Several pods on one node go down with it. Either way of keeping them apart counts: anti-affinity between the pods, or topology spread
// constraints, over hosts or zones, that select the pods themselves. The scheduler's own default spreads only a little and is not counted.

import { selects } from '../../kube/label-selector.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { asList, asString, dig, field, type Json } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment, podSpec } from '../examples.ts';
import { runsSeveral, scaleOf } from './scale.ts';

const topologies = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

export const spreading = control({
  id: 'reliability/spreading',
  aliases: ['no-anti-affinity', 'deployment-has-host-podantiaffinity', 'statefulset-has-host-podantiaffinity', 'topologySpreadConstraint'],
  severity: 'low',
  title: 'Pods of one workload are spread over nodes',
  why: 'The scheduler may put all pods on one node, and its failure takes them all.',
  fix: 'Add a topology spread constraint over `kubernetes.io/hostname` or zones with the labels of the pods.',
  frameworks: ['bsi:APP.4.4.A19'],
  on: objects('apps/Deployment', 'apps/StatefulSet', 'extensions/Deployment'),
  check: ({ resource }, { snapshot }) => {
    if (!runsSeveral(scaleOf(resource, snapshot))) return [notApplicable('single', 'a single pod cannot be spread')];
    return resource.pods
      .filter((pod) => !isSpread(pod))
      .map((pod) => fail(pod.at('/topologySpreadConstraints'), 'not-spread', 'nothing keeps the pods of this workload on different nodes'));
  },
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(deployment({ pod: { affinity: { nodeAffinity: nodeAffinity() } } })),
      cluster(deployment({ pod: { topologySpreadConstraints: [] } })),
    ],
    fail: () => [cluster(deployment({ pod: { topologySpreadConstraints: [], affinity: { nodeAffinity: nodeAffinity() } } }))],
  },
});

function isSpread(pod: Pod): boolean {
  const terms = [
    ...asList(dig(pod.spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')),
    ...asList(dig(pod.spec, 'affinity', 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution')).map(
      (preferred) => field(preferred, 'podAffinityTerm') ?? null,
    ),
    ...asList(pod.spec.topologySpreadConstraints),
  ];
  return terms.some(
    (term: Json) => topologies.has(asString(field(term, 'topologyKey')) ?? '') && selects(field(term, 'labelSelector'), pod.labels),
  );
}

function nodeAffinity() {
  const affinity = podSpec().affinity;
  return dig(affinity, 'nodeAffinity') ?? {};
}
